package coverage

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// Account is the owner of stations: an account of an EVM chain.
type Account [20]byte

// ParseAccount reads 0x and 40 hexadecimal digits in any case.
func ParseAccount(text string) (Account, error) {
	digits, ok := strings.CutPrefix(text, "0x")
	b, err := hex.DecodeString(digits)
	if !ok || err != nil || len(b) != len(Account{}) {
		return Account{}, fmt.Errorf("account %q: want 0x and 40 hexadecimal digits", text)
	}
	return Account(b), nil
}

// String gives 0x and 40 lower-case hexadecimal digits.
func (a Account) String() string { return "0x" + hex.EncodeToString(a[:]) }

// IsZero says that this is no account.
func (a Account) IsZero() bool { return a == Account{} }
