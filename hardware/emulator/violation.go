package emulator

import "fmt"

// maxViolations bounds what a chip remembers; further ones are only counted.
const maxViolations = 64

// Violation is an access that no correct driver makes. A chip lets it pass, as
// silicon would, and remembers it.
type Violation struct {
	What    string // "undefined address", "read-only field", …
	Address uint16 // register or RAM address, or a radio's opcode
	Write   bool
	Value   byte // what was written
}

// String gives one line for people.
func (v Violation) String() string {
	if v.Write {
		return fmt.Sprintf("%s: write of %02X to %04X", v.What, v.Value, v.Address)
	}
	return fmt.Sprintf("%s: read of %04X", v.What, v.Address)
}

// ViolationError ends an operation on a chip made with Config.Strict.
type ViolationError struct{ Violation Violation }

// Error names the access.
func (e *ViolationError) Error() string { return "emulator: " + e.Violation.String() }

// Kinds of violation.
const (
	violUndefined  = "undefined address"
	violReadOnly   = "read-only field"
	violReserved   = "undefined bits"
	violRAM        = "program RAM without HOST_PROG"
	violPayloadRAM = "TX payload RAM without WRITE_BUFFER"
	violFIFO       = "RX FIFO read beyond its content"
	violDirectRAM  = "RX buffer by DIRECT_RAM_IF, which is not modelled"
	violFrame      = "SPI frame too short"
	violTarget     = "SPI target that does not exist"
	violRadioOff   = "radio command while the radio is in reset"
	violRadioHost  = "radio command without HOST_RADIO_CTRL"
	violOpcode     = "radio opcode unknown"
	violMailbox    = "mailbox step out of order"
	violTx         = "TX trigger of an unconfigured chain"

	violLowDataRate = "LoRa frame whose low data rate optimisation is not that of its rate"
	violFineSync    = "LoRa frame whose fine synchronisation is not that of its spreading factor"

	violTxOdds = "TX trigger of a chain whose settings are at odds"
	violTxOpen = "TX trigger while the host owns the payload RAM"
)

type violations struct {
	list  []Violation
	count int
}

func (v *violations) add(x Violation) {
	v.count++
	if len(v.list) < maxViolations {
		v.list = append(v.list, x)
	}
}

// Violations returns the first accesses, 64 at most, that no correct driver
// makes, since New or ForgetViolations.
func (c *Chip) Violations() []Violation {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Violation(nil), c.violations.list...)
}

// ForgetViolations empties the list.
func (c *Chip) ForgetViolations() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.violations = violations{}
}

func (c *Chip) violateRead(what string, address uint16) {
	c.violations.add(Violation{What: what, Address: address})
}

func (c *Chip) violateWrite(what string, address uint16, value byte) {
	c.violations.add(Violation{What: what, Address: address, Write: true, Value: value})
}
