package coverage

import (
	"fmt"
	"math"
)

// Millimetres is a length, or one coordinate of a place.
type Millimetres int64

// Lengths in millimetres.
const (
	Metre     Millimetres = 1000
	Kilometre Millimetres = 1000 * Metre
)

// EarthRadius is the radius of the sphere that distances are worked out on
// (protocol hexspot/1, "Determinism").
const EarthRadius Millimetres = 6_371_007_180

// Position is a place on that sphere: x towards latitude 0 and longitude 0, y
// towards longitude 90 east, z towards the north pole.
type Position struct{ X, Y, Z Millimetres }

// tolerance is by how much two computations of one centre may differ, because the
// grid's arithmetic is in floating point.
const tolerance Millimetres = 2

// Center is the middle of a cell. It is worked out once, in floating point, when a
// site is entered; from then on it is these integers.
func Center(h Hex) (Position, error) {
	latitude, longitude, err := h.Center()
	if err != nil {
		return Position{}, err
	}
	return PositionAt(latitude, longitude), nil
}

// PositionAt is the place at a latitude and longitude in degrees, worked out in floating
// point: once, by whoever states it.
func PositionAt(latitude, longitude float64) Position {
	lat, lng := latitude*math.Pi/180, longitude*math.Pi/180
	return Position{
		X: onSphere(math.Cos(lat) * math.Cos(lng)),
		Y: onSphere(math.Cos(lat) * math.Sin(lng)),
		Z: onSphere(math.Sin(lat)),
	}
}

func onSphere(v float64) Millimetres { return Millimetres(math.Round(v * float64(EarthRadius))) }

// Agrees says whether two computations of one centre agree: no coordinate differs
// by more than 2 mm.
func (p Position) Agrees(q Position) bool {
	return near(p.X, q.X) && near(p.Y, q.Y) && near(p.Z, q.Z)
}

func near(a, b Millimetres) bool { return a-b <= tolerance && b-a <= tolerance }

// String gives the three coordinates in mm.
func (p Position) String() string { return fmt.Sprintf("(%d, %d, %d) mm", p.X, p.Y, p.Z) }
