package witness

import "hexspot/coverage"

// lightSpeed is in metres a second, so in millimetres a thousand nanoseconds times
// a thousand: dt in ns times it is a length in 10^-6 mm.
const lightSpeed = 299_792_458

// farthestFine is the difference of two fine times that no place on the air
// explains: light goes 300 km in it.
const farthestFine = 1_000_000 // ns

// fineTimesFit says whether two receptions of one frame can be of one emission:
// their times differ by no more than light needs between the receivers, whose
// distance is known up to an allowance.
func fineTimesFit(i, j uint64, d, allowance coverage.Millimetres) bool {
	dt := max(i, j) - min(i, j)
	if dt > farthestFine {
		return false
	}
	return int64(dt)*lightSpeed <= int64(d+allowance)*1_000_000
}
