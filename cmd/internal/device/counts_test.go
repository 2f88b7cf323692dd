package device

import (
	"reflect"
	"testing"
)

// TestPlus: a count that is forgotten in the sum would stay what it was.
func TestPlus(t *testing.T) {
	var one, two Counts
	fill(reflect.ValueOf(&one).Elem(), 1)
	fill(reflect.ValueOf(&two).Elem(), 2)
	if got := one.Plus(one); got != two {
		t.Errorf("%+v", got)
	}
	if zero := (Counts{}).Plus(Counts{}); zero != (Counts{}) {
		t.Errorf("%+v", zero)
	}
}

func fill(v reflect.Value, n int64) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	default:
		v.SetInt(n)
	}
}
