package keys

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hexspot/radio"
)

// tokenLife is how long a login token is good; hexspot/1 allows an hour.
const tokenLife = 30 * time.Minute

// Token is a station's login to a broker of a network (hexspot/1, MQTT): a JWT
// signed by the station key with the claims sub (station), aud (network, 16
// hexadecimal digits; left out if empty), iat, exp and eui (the concentrator),
// and no others.
func (k Key) Token(network string, eui radio.EUI, now time.Time) (string, error) {
	if k.IsZero() {
		return "", errors.New("there is no station key to log in with")
	}
	claims := jwt.MapClaims{
		"sub": k.station.String(),
		"iat": now.Unix(),
		"exp": now.Add(tokenLife).Unix(),
		"eui": eui.String(),
	}
	if network != "" {
		claims["aud"] = network
	}
	token := jwt.NewWithClaims(k.method(), claims)
	text, err := token.SigningString()
	if err != nil {
		return "", fmt.Errorf("encoding the login token: %w", err)
	}
	// Not by the library, which signs ES256 only with a key in memory. A station's
	// signatures have the form that a JWT wants (RFC 7518 3.4, RFC 8037 3.1).
	_, signature, err := radio.SignMessage(k.Signer(), []byte(text))
	if err != nil {
		return "", fmt.Errorf("signing the login token: %w", err)
	}
	return text + "." + token.EncodeSegment(signature[:]), nil
}

// method is the algorithm of the key: EdDSA, or ES256 for a P-256 key, whose
// first byte is a SEC1 prefix.
func (k Key) method() jwt.SigningMethod {
	if k.station.Bytes()[0] == 0x01 {
		return jwt.SigningMethodEdDSA
	}
	return jwt.SigningMethodES256
}
