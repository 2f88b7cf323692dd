package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// FaultNames are the names that ParseFaults takes: the fields of Faults as the
// control protocol has them. Those in valued want a number, "agc_stuck=3".
func FaultNames() (names []string, valued map[string]bool) {
	valued = make(map[string]bool)
	for f := range reflect.TypeFor[Faults]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
		valued[name] = f.Type.Kind() != reflect.Bool
	}
	return names, valued
}

// ParseFaults makes Faults of "NAME" and "NAME=NUMBER". None is a sound chip. It
// refuses unknown names, and numbers where none belongs or above 255.
func ParseFaults(list []string) (Faults, error) {
	var f Faults
	for _, text := range list {
		name, value, numbered := strings.Cut(text, "=")
		if !numbered {
			value = "true"
		}
		one, err := json.Marshal(map[string]json.RawMessage{name: json.RawMessage(value)})
		if err == nil {
			strict := json.NewDecoder(bytes.NewReader(one))
			strict.DisallowUnknownFields()
			err = strict.Decode(&f)
		}
		if err != nil {
			return Faults{}, faultError(text, name)
		}
	}
	return f, nil
}

func faultError(text, name string) error {
	names, valued := FaultNames()
	for _, known := range names {
		if known == name && valued[name] {
			return fmt.Errorf("fault %q: want %s=N with N from 0 to 255", text, name)
		}
		if known == name {
			return fmt.Errorf("fault %q: %s takes no number", text, name)
		}
	}
	return fmt.Errorf("fault %q is unknown: known are %s", text, strings.Join(names, ", "))
}
