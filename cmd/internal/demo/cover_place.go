package demo

import (
	"math"

	"hexspot/cmd/internal/town"
	"hexspot/coverage"
	"hexspot/radio/ether"
)

// Where on Earth the plane of a town lies: its origin is in a valley of the Alps.
const (
	townLatitude  = 45.188
	townLongitude = 5.724
	countingCells = 8 // resolution of the cells of which each counts one witness
)

// at is a place of the town and its cell.
type at struct {
	place ether.Place
	cell  coverage.Hex
}

// placed is the cell of the finest site around a place.
func placed(p ether.Place) (at, error) {
	latitude, longitude := degrees(p)
	cell, err := coverage.HexAt(latitude, longitude, coverage.FinestSite)
	return at{p, cell}, err
}

// degrees are those of a place: a plane that touches the sphere at the origin. Ten
// kilometres from there a place is some ten metres off.
func degrees(p ether.Place) (latitude, longitude float64) {
	return townLatitude + inDegrees(p.Y), townLongitude + inDegrees(p.X)/math.Cos(townLatitude*math.Pi/180)
}

func inDegrees(metres float64) float64 {
	return metres * 1000 / float64(coverage.EarthRadius) * 180 / math.Pi
}

// onPlane is the reverse of degrees.
func onPlane(latitude, longitude float64) ether.Place {
	metre := inDegrees(1)
	return ether.Place{X: (longitude - townLongitude) * math.Cos(townLatitude*math.Pi/180) / metre, Y: (latitude - townLatitude) / metre}
}

// onMap is the station as the page shows it.
func (p *published) onMap() (town.Place, error) {
	hex, err := p.cell.Parent(countingCells)
	if err != nil {
		return town.Place{}, err
	}
	corners, err := hex.Outline()
	if err != nil {
		return town.Place{}, err
	}
	place := town.Place{EUI: p.eui.String(), Station: p.station.String(), Name: p.name, Cell: p.cell.String(), X: p.place.X, Y: p.place.Y, Hex: hex.String()}
	for _, c := range corners {
		corner := onPlane(c.Latitude, c.Longitude)
		place.Outline = append(place.Outline, [2]float64{math.Round(corner.X), math.Round(corner.Y)})
	}
	return place, nil
}
