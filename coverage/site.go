package coverage

import (
	"errors"
	"fmt"

	"hexspot/radio"
)

// Site is what is published of a station and what it is judged by (protocol
// hexspot/1, "Station").
type Site struct {
	Owner    Account
	Cell     Hex      // resolution 12 to 8
	Center   Position // of the cell, worked out once
	Gain     radio.DB // of the antenna, dBi
	Loss     radio.DB // of the cable
	DataOnly bool     // carries packets, takes no part in proof of coverage
	Plan     string   // channel plan, "EU868" or "US915_1"
}

// maxLevel is the protocol's bound of every level ("Ranges").
const maxLevel = 32_767

// NewSite is a full site in a cell: it works out the centre.
func NewSite(owner Account, cell Hex, gain, loss radio.DB, plan string) (Site, error) {
	center, err := Center(cell)
	if err != nil {
		return Site{}, fmt.Errorf("site: %w", err)
	}
	s := Site{Owner: owner, Cell: cell, Center: center, Gain: gain, Loss: loss, Plan: plan}
	return s, s.Validate()
}

// The classes of sites as they are written.
const (
	classFull     = "full"
	classDataOnly = "data-only"
)

// Class is the site's class as it is written: "full" or "data-only".
func (s Site) Class() string {
	if s.DataOnly {
		return classDataOnly
	}
	return classFull
}

func parseClass(text string) (dataOnly bool, err error) {
	switch text {
	case classFull, classDataOnly:
		return text == classDataOnly, nil
	}
	return false, fmt.Errorf("class %q: want %s or %s", text, classFull, classDataOnly)
}

// Validate says what is wrong with a site: no owner, a cell of another
// resolution, a centre that is not the cell's, a level out of range, an unknown
// plan.
func (s Site) Validate() error {
	if err := s.validatePlace(); err != nil {
		return fmt.Errorf("site: %w", err)
	}
	if s.Owner.IsZero() {
		return errors.New("site: it has no owner")
	}
	if s.Gain < -maxLevel || s.Gain > maxLevel {
		return fmt.Errorf("site: gain %v is out of range", s.Gain)
	}
	if s.Loss < 0 || s.Loss > maxLevel {
		return fmt.Errorf("site: loss %v is out of range", s.Loss)
	}
	return s.validatePlan()
}

func (s Site) validatePlan() error {
	if radio.IsPlan(s.Plan) {
		return nil
	}
	plan, err := radio.PlanNamed(s.Plan)
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	return fmt.Errorf("site: plan %q is written %q", s.Plan, plan.Name)
}

func (s Site) validatePlace() error {
	if _, err := Slack(s.Cell); err != nil {
		return err
	}
	center, err := Center(s.Cell)
	if err != nil {
		return err
	}
	if !center.Agrees(s.Center) {
		return fmt.Errorf("centre %v is not that of cell %v, %v", s.Center, s.Cell, center)
	}
	return nil
}
