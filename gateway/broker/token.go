package broker

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hexspot/radio"
)

const (
	maxToken = 2048             // bytes; a station's token has about 400
	maxLife  = time.Hour        // from iat to exp (protocol hexspot/1, "MQTT")
	leeway   = 60 * time.Second // that a station's clock may be ahead of ours
	claimEUI = "eui"
)

// claims are what a station's token says; it says nothing else. The EUI is ours, beside the
// claims of protocol hexspot/1: without it there are no gateway topics.
type claims struct {
	Subject  string
	Audience string
	Issued   int64 // Unix seconds
	Expires  int64
	EUI      radio.EUI
	Gateway  bool // the EUI is stated
}

// UnmarshalJSON demands each claim once, by its exact name, and no other; `eui` may be
// missing. The audience is a text: a list, which RFC 7519 4.1.3 has too, is not in the protocol.
func (c *claims) UnmarshalJSON(data []byte) error {
	var eui string
	targets := map[string]any{"sub": &c.Subject, "aud": &c.Audience, "iat": &c.Issued, "exp": &c.Expires, claimEUI: &eui}
	if err := readMembers(data, targets); err != nil {
		return err
	}
	_, missing := targets[claimEUI]
	c.Gateway = !missing
	delete(targets, claimEUI)
	for name := range targets {
		return fmt.Errorf("claim %s is missing", name)
	}
	if !c.Gateway {
		return nil
	}
	var err error
	if c.EUI, err = radio.ParseEUI(eui); err == nil && c.EUI.String() != eui {
		err = errors.New("eui: want 16 lower-case hexadecimal digits")
	}
	return err
}

// readMembers reads the members of a JSON object into targets and takes each
// target away when it has its value. A name that is no target is an error, and so
// is one that comes twice.
func readMembers(data []byte, targets map[string]any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return errors.New("the claims are no JSON object")
	}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		target, ok := targets[name]
		if !ok {
			return fmt.Errorf("claim %q is unknown or there twice", clip(name))
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		if bytes.Equal(value, []byte("null")) {
			return fmt.Errorf("claim %s is null", name)
		}
		if err := json.Unmarshal(value, target); err != nil {
			return fmt.Errorf("claim %s: %w", name, err)
		}
		delete(targets, name)
	}
	_, err := d.Token()
	return err
}

// check compares the claims with who logs in, where and when.
func (c *claims) check(station radio.Station, network radio.Network, now time.Time) error {
	issued, expires := time.Unix(c.Issued, 0), time.Unix(c.Expires, 0)
	switch {
	case c.Subject != station.String():
		return errors.New("sub is not the station that logs in")
	case c.Audience != network.String():
		return fmt.Errorf("aud is %q, this network is %s", clip(c.Audience), network)
	case c.Issued < 0 || c.Issued > maxTime || c.Expires < 0 || c.Expires > maxTime:
		return errors.New("iat or exp is no time")
	case !expires.After(issued):
		return errors.New("exp is not after iat")
	case expires.Sub(issued) > maxLife:
		return fmt.Errorf("exp is more than %v after iat", maxLife)
	case issued.After(now.Add(leeway)):
		return fmt.Errorf("iat is %v ahead: is the station's clock right?", issued.Sub(now).Round(time.Second))
	case !now.Before(expires): // without leeway: a station signs a new token for each login
		return fmt.Errorf("the token expired %v ago: is the station's clock right?", now.Sub(expires).Round(time.Second))
	}
	return nil
}

// maxTime keeps times in the range in which they can be subtracted.
const maxTime = 1 << 36

// verifyToken checks the token that a station logs in with: signed with the
// station's own key, by the algorithm of that key, for this network, now.
func verifyToken(token string, station radio.Station, network radio.Network, now time.Time) (claims, error) {
	if len(token) > maxToken {
		return claims{}, errors.New("the token is too long")
	}
	key := station.PublicKey()
	algorithm := jwt.SigningMethodES256.Alg()
	if _, ok := key.(ed25519.PublicKey); ok {
		algorithm = jwt.SigningMethodEdDSA.Alg()
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{algorithm}), jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation())
	var c claims
	parsed, err := parser.ParseWithClaims(token, &tokenClaims{claims: &c}, func(*jwt.Token) (any, error) { return key, nil })
	if err != nil {
		return claims{}, err
	}
	if err := checkHeader(parsed.Header); err != nil {
		return claims{}, err
	}
	if err := c.check(station, network, now); err != nil {
		return claims{}, err
	}
	return c, nil
}

// checkHeader refuses headers that ask for what is not done here, such as crit.
func checkHeader(header map[string]any) error {
	for name, value := range header {
		if name != "alg" && (name != "typ" || value != "JWT") {
			return fmt.Errorf("header %q is unknown", clip(name))
		}
	}
	return nil
}

// tokenClaims lets the library read claims; it is asked for none of them, since
// claims.check does that.
type tokenClaims struct {
	jwt.RegisteredClaims
	claims *claims
}

func (t *tokenClaims) UnmarshalJSON(data []byte) error { return t.claims.UnmarshalJSON(data) }
