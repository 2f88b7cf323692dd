package radio

import (
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"
)

const (
	stationPrefix  = "spot"
	stationHead    = stationPrefix + "1"
	stationTextLen = len(stationHead) + (8*StationSize+4)/5 + checksumLength // 64
)

// String gives the text id: bech32m with the prefix "spot", 64 characters.
func (s Station) String() string {
	groups := toGroups(s.key[:])
	return stationHead + letters(groups) + letters(bech32Checksum(stationPrefix, groups))
}

// ParseStation reads a text id. There is one spelling for each station: lower
// case, 64 characters, spare bit zero. An error says which character is wrong
// (counted from 1) where that can be known; if the checksum fails, the place is
// named if a single wrong character explains it.
func ParseStation(text string) (Station, error) {
	s, err := parseStation(text)
	if err != nil {
		return Station{}, fmt.Errorf("station id: %w", err)
	}
	return s, nil
}

func parseStation(text string) (Station, error) {
	if err := checkCharacters(text); err != nil {
		return Station{}, err
	}
	if len(text) != stationTextLen {
		return Station{}, fmt.Errorf("%d characters, want %d", len(text), stationTextLen)
	}
	groups := make([]byte, 0, stationTextLen)
	for i := len(stationHead); i < len(text); i++ {
		groups = append(groups, byte(groupOf(text[i])))
	}
	if err := checkSum(text, groups); err != nil {
		return Station{}, err
	}
	key, padding := fromGroups(groups[:len(groups)-checksumLength])
	if padding != 0 {
		last := stationTextLen - checksumLength
		return Station{}, fmt.Errorf("character %d %q: its spare bit is set", last, text[last-1])
	}
	return StationFromBytes(key)
}

// checkCharacters demands "spot1" and letters of the alphabet after it.
func checkCharacters(text string) error {
	for i, c := range text {
		switch {
		case unicode.IsUpper(c):
			return fmt.Errorf("character %d %q is upper case, want lower case", position(text, i), c)
		case i < len(stationHead):
			if c != rune(stationHead[i]) {
				return fmt.Errorf("character %d is %q, want %q: an id begins with %s", position(text, i), c, stationHead[i], stationHead)
			}
		case c >= utf8.RuneSelf || groupOf(byte(c)) < 0:
			return fmt.Errorf("character %d %q is none of %s", position(text, i), c, bech32Alphabet)
		}
	}
	if len(text) < len(stationHead) {
		return fmt.Errorf("%q is too short, want %d characters that begin with %s", text, stationTextLen, stationHead)
	}
	return nil
}

// position is the number of the character at byte i, counted from 1.
func position(text string, i int) int { return 1 + utf8.RuneCountInString(text[:i]) }

func checkSum(text string, groups []byte) error {
	residue := bech32Residue(stationPrefix, groups)
	switch residue {
	case bech32mSum:
		return nil
	case bech32Sum:
		return errors.New("the checksum is bech32, want bech32m")
	}
	if i := wrongGroup(residue, len(groups)); i >= 0 {
		i += len(stationHead)
		return fmt.Errorf("the checksum is wrong, probably because of character %d %q", i+1, text[i])
	}
	return errors.New("the checksum is wrong: more than one character is")
}

// MarshalText gives the text id; the zero Station has none.
func (s Station) MarshalText() ([]byte, error) {
	if s.IsZero() {
		return nil, errors.New("no station")
	}
	return []byte(s.String()), nil
}

// UnmarshalText reads a text id.
func (s *Station) UnmarshalText(text []byte) error {
	parsed, err := ParseStation(string(text))
	if err == nil {
		*s = parsed
	}
	return err
}
