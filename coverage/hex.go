package coverage

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/uber/h3-go/v4"
)

// MaxResolution is H3's finest resolution; cells of it have edges of half a metre.
const MaxResolution = 15

// Hex is a cell of the H3 grid: a hexagon, or one of the twelve pentagons of its
// resolution. The zero Hex is no cell. Hexes are ordered by their number, which
// is the order of their text.
type Hex uint64

var (
	errNoCell     = errors.New("not a cell of the grid")
	errResolution = errors.New("no such resolution")
)

// ParseHex reads a cell as the grid's tools write it: 15 lower-case hexadecimal
// digits. Any other spelling, and a number that is no cell, is an error.
func ParseHex(text string) (Hex, error) {
	n, err := strconv.ParseUint(text, 16, 64)
	if err != nil || Hex(n).String() != text || !Hex(n).Valid() {
		return 0, fmt.Errorf("cell %q: %w", text, errNoCell)
	}
	return Hex(n), nil
}

// HexAt is the cell of a resolution (0 to 15) that holds a place in degrees,
// latitude -90 to 90 and longitude -180 to 180.
func HexAt(latitude, longitude float64, resolution int) (Hex, error) {
	if !(math.Abs(latitude) <= 90 && math.Abs(longitude) <= 180) { // false for NaN
		return 0, fmt.Errorf("latitude %v, longitude %v: not a place on earth", latitude, longitude)
	}
	if resolution < 0 || resolution > MaxResolution {
		return 0, fmt.Errorf("resolution %d: %w", resolution, errResolution)
	}
	cell, err := h3.LatLngToCell(h3.LatLng{Lat: latitude, Lng: longitude}, resolution)
	if err != nil {
		return 0, fmt.Errorf("cell at %v, %v: %w", latitude, longitude, err)
	}
	return Hex(cell), nil
}

// Center is the middle of the cell in degrees.
func (h Hex) Center() (latitude, longitude float64, err error) {
	if !h.Valid() {
		return 0, 0, fmt.Errorf("centre of %v: %w", h, errNoCell)
	}
	place, err := h3.CellToLatLng(h3.Cell(h))
	if err != nil {
		return 0, 0, fmt.Errorf("centre of %v: %w", h, err)
	}
	return place.Lat, place.Lng, nil
}

// Disk is the cell and its neighbours in no particular order: 7 cells, or the 6 of
// a pentagon.
func (h Hex) Disk() ([]Hex, error) {
	if !h.Valid() {
		return nil, fmt.Errorf("disk of %v: %w", h, errNoCell)
	}
	cells, err := h3.GridDisk(h3.Cell(h), 1)
	if err != nil {
		return nil, fmt.Errorf("disk of %v: %w", h, err)
	}
	disk := make([]Hex, 0, len(cells))
	for _, c := range cells {
		if c != 0 { // where a pentagon has no neighbour
			disk = append(disk, Hex(c))
		}
	}
	return disk, nil
}

// GridDistance is the number of steps between two cells of one resolution. It is
// an error where the grid cannot tell: cells of different resolutions, far
// apart, or with a pentagon between them. It is no measure of length.
func (h Hex) GridDistance(other Hex) (int, error) {
	if !h.Valid() || !other.Valid() || h.Resolution() != other.Resolution() {
		return 0, fmt.Errorf("steps from %v to %v: not two cells of one resolution", h, other)
	}
	n, err := h3.GridDistance(h3.Cell(h), h3.Cell(other))
	if err != nil {
		return 0, fmt.Errorf("steps from %v to %v: %w", h, other, err)
	}
	return n, nil
}

// String gives 15 lower-case hexadecimal digits.
func (h Hex) String() string { return strconv.FormatUint(uint64(h), 16) }

// Corner is a corner of a cell in degrees.
type Corner struct{ Latitude, Longitude float64 }

// Outline are the cell's corners around it, counter-clockwise: six of a hexagon, five of
// a pentagon, and more where an edge of the grid's icosahedron crosses the cell.
func (h Hex) Outline() ([]Corner, error) {
	if !h.Valid() {
		return nil, fmt.Errorf("outline of %v: %w", h, errNoCell)
	}
	places, err := h3.CellToBoundary(h3.Cell(h))
	if err != nil {
		return nil, fmt.Errorf("outline of %v: %w", h, err)
	}
	corners := make([]Corner, len(places))
	for i, p := range places {
		corners[i] = Corner{p.Lat, p.Lng}
	}
	return corners, nil
}
