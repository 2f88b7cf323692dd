package main

import (
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"hexspot/cmd/internal/hotspot"
	"hexspot/coverage"
	"hexspot/hardware/keys"
	"hexspot/radio"
	"hexspot/witness"
)

func site(_ context.Context, args []string, std streams) error {
	if len(args) > 0 && args[0] == "sign" {
		return signSite(args[1:], std)
	}
	set := flags("site sign", "Signs where this station is and whose it is.", "hexspot site sign --help", std)
	if err := parseOnly(set, args); err != nil {
		return err
	}
	return fmt.Errorf("%w: want 'hexspot site sign'", errUsage)
}

// siteFlags are the flags of `site sign`.
type siteFlags struct {
	key, network, owner, cell, at, plan string

	resolution int

	gain, loss float64
	dataOnly   bool
	nonce      uint64
	valid      time.Duration
}

func (s *siteFlags) add(set *flag.FlagSet) {
	set.StringVar(&s.key, "file", hotspot.DefaultKey, "key `FILE` of the station")
	set.StringVar(&s.network, "network", "", "network, 16 hexadecimal `DIGITS`")
	set.StringVar(&s.owner, "owner", "", "`ACCOUNT` that owns the station from then on, 0x and 40 hexadecimal digits")
	set.StringVar(&s.cell, "cell", "", "H3 `CELL` the station is in, of resolution 12 to 8; or say --at")
	set.StringVar(&s.at, "at", "", "`LAT,LON` of the station in degrees, in the place of --cell: what is published is the cell around it")
	set.IntVar(&s.resolution, "resolution", finestCell, "`SIZE` of the cell with --at, 12 (some 20 m) to 8 (some 1 km)")
	set.StringVar(&s.plan, "plan", "", "channel `PLAN`, as \"region\" in the configuration")
	set.Float64Var(&s.gain, "gain", 0, "antenna gain in `DBI`")
	set.Float64Var(&s.loss, "loss", 0, "loss of the cable in `DB`")
	set.BoolVar(&s.dataOnly, "data-only", false, "carry packets, take no part in proof of coverage")
	set.Uint64Var(&s.nonce, "nonce", 0, "`NUMBER` of the change: 0 for the station's first, then one more each; 'hexspot status' says which is next")
	set.DurationVar(&s.valid, "valid", 7*24*time.Hour, "how `LONG` the change may be entered")
}

func signSite(args []string, std streams) error {
	set := flags("site sign", "Signs, as the station, where it is and whose it is, and prints that on one line. The owner signs it, too,\n"+
		"with 'hexnet site sign' or another wallet: a station has no owner that it did not name, and no owner gets\n"+
		"a station without having signed. Gain, loss and plan must be those of the configuration.",
		"hexspot site sign --network 1c3c5d6a746bba36 --owner 0x7e5f4552091a69125d5dfcb7b8c2659029395bdf --at 45.19,5.72 --plan EU868 --gain 2.3 --loss 0.5\n"+
			"hexspot site sign --network 1c3c5d6a746bba36 --owner 0x7e5f4552091a69125d5dfcb7b8c2659029395bdf --cell 8c1f9ed938c4bff --plan EU868 --nonce 1", std)
	var s siteFlags
	s.add(set)
	if err := parseOnly(set, args); err != nil {
		return err
	}
	body, network, err := s.body(time.Now())
	if err != nil {
		return err
	}
	key, err := keys.Load(s.key)
	if err != nil {
		return err
	}
	record, err := radio.Sign(key.Signer(), network, radio.KindSite, body.Append(nil))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, base64.RawURLEncoding.EncodeToString(record.Append(nil)))
	return err
}

// Resolutions of the cell of a site (docs/protocol.md, "Sites").
const coarsestCell, finestCell = 8, 12

// place is the cell that --cell names, or that of --at.
func (s siteFlags) place() (coverage.Hex, error) {
	if s.at == "" {
		cell, err := coverage.ParseHex(s.cell)
		if err != nil && strings.Contains(s.cell, ",") {
			err = fmt.Errorf("%w: for a latitude and longitude say --at %s", err, s.cell)
		}
		return cell, err
	}
	if s.cell != "" {
		return 0, fmt.Errorf("%w: --cell and --at are two places", errUsage)
	}
	if s.resolution < coarsestCell || s.resolution > finestCell {
		return 0, fmt.Errorf("%w: --resolution %d: want 8 to 12", errUsage, s.resolution)
	}
	lat, lon, _ := strings.Cut(s.at, ",")
	latitude, err1 := strconv.ParseFloat(strings.TrimSpace(lat), 64)
	longitude, err2 := strconv.ParseFloat(strings.TrimSpace(lon), 64)
	if err := errors.Join(err1, err2); err != nil {
		return 0, fmt.Errorf("%w: --at %q: want degrees as 45.19,5.72", errUsage, s.at)
	}
	return coverage.HexAt(latitude, longitude, s.resolution)
}

// body is what is signed, checked as a network checks it.
func (s siteFlags) body(now time.Time) (witness.Site, radio.Network, error) {
	antenna := hotspot.Antenna{GainDBi: s.gain, CableLossDB: s.loss}
	if err := antenna.Validate(); err != nil {
		return witness.Site{}, radio.Network{}, err
	}
	if finer(s.gain, antenna.Gain()) || finer(s.loss, antenna.Loss()) {
		return witness.Site{}, radio.Network{}, fmt.Errorf("%w: -gain %v, -loss %v: want steps of 0.01, which are what is signed", errUsage, s.gain, s.loss)
	}
	if s.valid <= 0 {
		return witness.Site{}, radio.Network{}, fmt.Errorf("%w: -valid %v: want some time", errUsage, s.valid)
	}
	network, err := radio.ParseNetwork(s.network)
	if err != nil {
		return witness.Site{}, radio.Network{}, err
	}
	owner, err := coverage.ParseAccount(s.owner)
	if err != nil {
		return witness.Site{}, radio.Network{}, err
	}
	cell, err := s.place()
	if err != nil {
		return witness.Site{}, radio.Network{}, err
	}
	site, err := coverage.NewSite(owner, cell, antenna.Gain(), antenna.Loss(), s.plan)
	if err != nil {
		return witness.Site{}, radio.Network{}, err
	}
	site.DataOnly = s.dataOnly
	deadline := witness.MillisOf(now.Add(s.valid))
	return witness.SiteOf(coverage.Terms{Site: site, Nonce: s.nonce, Deadline: int64(deadline)}), network, nil
}

// finer says that a figure has more digits than what is signed for it.
func finer(given float64, signed radio.DB) bool { return math.Abs(given-signed.Float()) > 1e-9 }
