package network

import (
	"testing"

	"hexspot/witness"
)

// TestStationsAreToldHowTheirSiteStands: that there is none, that it comes, and that it is there.
func TestStationsAreToldHowTheirSiteStands(t *testing.T) {
	d := newDesk(t, Data(t.TempDir()), nil)
	p := newProver(t, d.network)
	ask := func() witness.SiteStanding {
		t.Helper()
		s, err := witness.ParseSiteStanding(d.hear(p, "ask", []byte(witness.AskSite), "proof"))
		if err != nil || s.Refused != "" {
			t.Fatalf("%+v, %v", s, err)
		}
		return s
	}
	if s := ask(); s.Now != nil || s.Next != nil || s.Changes != 0 || s.Epoch == 0 {
		t.Errorf("before it has one: %+v", s)
	}
	d.settled(p)
	s := ask()
	from := s.Epoch + 1
	if s.Next == nil && s.Now != nil { // the epoch ended meanwhile
		from = s.Epoch
	}
	site := s.At(from)
	if s.Changes != 1 || site == nil || site.From != from || site.Plan != "EU868" || site.Gain != 230 || site.Cell.String() != "8c1f9ed938c4bff" {
		t.Fatalf("%+v, from epoch %d: %+v", s, from, site)
	}
	begin, _ := d.schedule.Slots(from)
	later := d.sites.tell(t.Context(), p.key.Station(), d.schedule.Start(begin))
	if later.Epoch != from || later.Now == nil || later.Now.From != from || later.Next != nil {
		t.Errorf("when it has begun: %+v", later)
	}
	if err := d.registry.Close(); err != nil {
		t.Fatal(err)
	}
	if s := d.sites.tell(t.Context(), p.key.Station(), present()); s.Refused == "" {
		t.Errorf("of a registry that is closed: %+v", s)
	}
}
