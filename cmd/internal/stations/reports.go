package stations

import (
	"time"

	"hexspot/radio"
	"hexspot/witness/log"
)

// Reported is what became of a fleet's reports.
type Reported struct {
	Receipts []log.Receipt // one for each record that was taken
	Again    int           // records that got their first receipt a second time
	Paced    int           // reports refused for their pace, and sent again
}

// Reported is what became of reports so far.
func (f *Fleet) Reported() (all Reported) {
	for _, r := range f.reporters() {
		r.mu.Lock()
		all.Receipts = append(all.Receipts, r.receipts...)
		all.Again += r.again
		all.Paced += r.paced
		r.mu.Unlock()
	}
	return all
}

// Receipts is how many reports have been taken so far.
func (f *Fleet) Receipts() (n int) {
	for _, r := range f.reporters() {
		r.mu.Lock()
		n += len(r.receipts)
		r.mu.Unlock()
	}
	return n
}

// ReportsTook gives the times from a report to its receipt, and forgets them.
func (f *Fleet) ReportsTook() (all []time.Duration) {
	for _, r := range f.reporters() {
		r.mu.Lock()
		all = append(all, r.took...)
		r.took = nil
		r.mu.Unlock()
	}
	return all
}

func (f *Fleet) reporters() (list []*reporter) {
	for _, s := range f.stations {
		if s.reporter != nil {
			list = append(list, s.reporter)
		}
	}
	return list
}

// Sample is a station with its EUI, and records that it has reported last.
func (f *Fleet) Sample() (radio.Station, radio.EUI, [][]byte) {
	s := f.stations[0]
	s.reporter.mu.Lock()
	defer s.reporter.mu.Unlock()
	var records [][]byte
	for _, t := range s.reporter.recent {
		if t.kind == radio.KindBeacon {
			records = append(records, t.payload)
		}
	}
	return s.key.Station(), s.eui, records
}
