package witness

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"hexspot/radio"
)

// vectors are the groups of the vectors made by a second implementation of the
// protocol that belong to this package. The one copy of the file is radio's.
type vectors struct {
	Signed      struct{ Valid []signedVector }
	Bodies      struct{ Valid, Bad []bodyVector }
	Entropy     []chainVector
	Time        timeVectors
	HeardInSlot []heardVector `json:"heard_in_slot"`
	Draws       []drawVector
	Levels      []levelVector `json:"conducted_levels"`
	Beacons     []openingVector
	OpeningsBad []openingVector `json:"openings_bad"`
	Discovery   []openingVector
	FramesHeard framesHeard `json:"frames_heard"`
}

type signedVector struct{ Kind, Body string }

type bodyVector struct {
	Kind, Why, Body, Note string
	Fields                map[string]any
}

type slotValue struct {
	Slot  number
	Value bytesOf
	Fits  bool
	Note  string
}

type chainVector struct {
	Network  bytesOf
	From, To number
	XN       bytesOf `json:"x_n"`
	X0       bytesOf `json:"x_0"`
	Values   []slotValue
	Check    []slotValue
}

type timeVectors struct {
	Timings map[string]struct {
		Slot   number `json:"slot_ms"`
		Window number `json:"window_slots"`
		Guard  number `json:"guard_slots"`
		Epoch  number `json:"epoch_slots"`
		Lead   number `json:"lead_ms"`
		Spread number `json:"spread_ms"`
		Report number `json:"report_ms"`
		Hold   number `json:"hold_ms"`
	}
	Cases []struct {
		Timing      string
		At          number `json:"t_ms"`
		Slot        number
		SlotStart   number `json:"slot_start_ms"`
		Window      number
		WindowFirst number `json:"window_first_slot"`
		Epoch       number
		EpochFirst  number `json:"epoch_first_slot"`
		EpochEnd    number `json:"epoch_end_slot"`
		Closes      number `json:"case_of_this_slot_closes_ms"`
		Freezes     number `json:"epoch_freezes_from_ms"`
	}
}

type heardVector struct {
	Timing string
	Slot   number
	Heard  number `json:"heard_ms"`
	OK     bool
}

type drawVector struct {
	Timing, Region   string
	Network, Station bytesOf
	WindowFirst      number   `json:"window_first_slot"`
	WindowValue      bytesOf  `json:"value_of_window_first_slot"`
	DrawSlot         number   `json:"draw_slot"`
	Due              number   `json:"due_slot"`
	DueValue         bytesOf  `json:"value_of_due_slot"`
	DrawTime         number   `json:"draw_time"`
	Start            number   `json:"emission_start_ms"`
	Frequencies      []number `json:"frequencies_hz"`
	DrawChannel      number   `json:"draw_channel"`
	Channel          number
	Frequency        number `json:"frequency_hz"`
	DrawRate         number `json:"draw_rate"`
	SF               number
	DrawPower        number `json:"draw_power"`
	Step             number `json:"power_step"`
	Cap              number `json:"cap_eirp"`
	EIRP             number `json:"drawn_eirp"`
	Gain, Loss       number
	Levels           []number `json:"calibrated_levels"`
	Conducted        *number  `json:"conducted_level"`
}

type levelVector struct {
	Region     string
	Cap        number `json:"cap_eirp"`
	Step       number `json:"power_step"`
	Gain, Loss number
	Levels     []number `json:"calibrated_levels"`
	Wanted     number   `json:"wanted_conducted"`
	Conducted  *number  `json:"conducted_level"`
}

type openingVector struct {
	KeyType          string `json:"key_type"`
	Network, Station bytesOf
	Secret           bytesOf
	Slot             number
	Value            bytesOf
	Message          bytesOf
	Signature        bytesOf
	Random           bytesOf
	Mark, Tag, Frame bytesOf
	Note             string
}

type framesHeard struct {
	Network  bytesOf
	Timing   string
	From, To number
	XN       bytesOf `json:"x_n"`
	Cases    []struct {
		Note  string
		Frame bytesOf
		CRC   bool   `json:"crc_ok"`
		Heard number `json:"heard_ms"`
		Taken bool
		Slot  number
		Why   string
	}
}

// number is a JSON number or a decimal string.
type number struct{ text string }

func (n *number) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &n.text)
	}
	n.text = string(b)
	return nil
}

func (n number) int() int64 {
	v, err := strconv.ParseInt(n.text, 10, 64)
	if err != nil {
		panic(err)
	}
	return v
}

func (n number) uint() uint64 {
	v, err := strconv.ParseUint(n.text, 10, 64)
	if err != nil {
		panic(err)
	}
	return v
}

// bytesOf is lower-case hexadecimal.
type bytesOf []byte

func (b *bytesOf) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	v, err := hex.DecodeString(s)
	*b = v
	return err
}

func loadVectors(t testing.TB) vectors {
	t.Helper()
	b, err := os.ReadFile("../radio/testdata/hexspot-1.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func scheduleNamed(t testing.TB, name string) Schedule {
	t.Helper()
	s, err := ScheduleNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func stationOf(t testing.TB, b []byte) radio.Station {
	t.Helper()
	s, err := radio.StationFromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func planNamed(t testing.TB, name string) radio.Plan {
	t.Helper()
	p, err := radio.PlanNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func signerOf(t testing.TB, keyType string, secret []byte) crypto.Signer {
	t.Helper()
	if keyType == "ed25519" {
		return ed25519.NewKeyFromSeed(secret)
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func levelsOf(list []number) []radio.DBm {
	var levels []radio.DBm
	for _, n := range list {
		levels = append(levels, radio.DBm(n.int()))
	}
	return levels
}
