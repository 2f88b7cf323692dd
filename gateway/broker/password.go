package broker

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Passwords are kept as "pbkdf2-sha256:ITERATIONS:SALT:HASH" with unpadded
// base64url: nothing in it needs quoting in a shell or in TOML.
const (
	hashScheme     = "pbkdf2-sha256"
	hashIterations = 600_000 // OWASP's figure for PBKDF2-HMAC-SHA256
	maxIterations  = 10_000_000
	minPassword    = 8
	maxPassword    = 1024 // bytes
)

var errPasswordLength = fmt.Errorf("the password has less than %d or more than %d bytes", minPassword, maxPassword)

// HashPassword gives what Account.PasswordHash wants. It takes a fraction of a
// second by design. The error is a password that is too short or too long.
func HashPassword(password string) (string, error) {
	if len(password) < minPassword || len(password) > maxPassword {
		return "", errPasswordLength
	}
	h, err := newPasswordHash(password, hashIterations)
	if err != nil {
		return "", err
	}
	return h.String(), nil
}

// NewSecret gives a password of at least 128 random bits, for an account of a program,
// and what Account.PasswordHash wants of it. Nobody can guess one, so checking it
// takes no time by design.
func NewSecret() (password, hash string, err error) {
	password = rand.Text()
	h, err := newPasswordHash(password, 1)
	return password, h.String(), err
}

// passwordHash is a password that cannot be read back.
type passwordHash struct {
	iterations int
	salt, sum  []byte
}

func newPasswordHash(password string, iterations int) (passwordHash, error) {
	h := passwordHash{iterations: iterations, salt: make([]byte, 16)}
	rand.Read(h.salt) // never fails
	var err error
	h.sum, err = pbkdf2.Key(sha256.New, password, h.salt, iterations, sha256.Size)
	if err != nil {
		return passwordHash{}, fmt.Errorf("hashing the password: %w", err)
	}
	return h, nil
}

func (h passwordHash) String() string {
	encode := base64.RawURLEncoding.EncodeToString
	return fmt.Sprintf("%s:%d:%s:%s", hashScheme, h.iterations, encode(h.salt), encode(h.sum))
}

func parsePasswordHash(text string) (passwordHash, error) {
	bad := errors.New("password_hash is none: want what `hexnet account` prints, pbkdf2-sha256:ITERATIONS:SALT:HASH")
	parts := strings.Split(text, ":")
	if len(parts) != 4 || parts[0] != hashScheme {
		return passwordHash{}, bad
	}
	iterations, err := strconv.Atoi(parts[1])
	if err != nil || iterations < 1 || iterations > maxIterations {
		return passwordHash{}, bad
	}
	salt, saltErr := base64.RawURLEncoding.DecodeString(parts[2])
	sum, sumErr := base64.RawURLEncoding.DecodeString(parts[3])
	if saltErr != nil || sumErr != nil || len(salt) < 8 || len(salt) > 64 || len(sum) != sha256.Size {
		return passwordHash{}, bad
	}
	return passwordHash{iterations: iterations, salt: salt, sum: sum}, nil
}

func (h passwordHash) matches(password string) bool {
	sum, err := pbkdf2.Key(sha256.New, password, h.salt, h.iterations, sha256.Size)
	return err == nil && subtle.ConstantTimeCompare(sum, h.sum) == 1
}

// credential checks an account's password. A password that was right once is
// known again by a keyed hash, so that reconnecting costs no derivation and a
// flood of wrong passwords does not keep the right one out.
type credential struct {
	hash passwordHash
	key  [32]byte // random, of this process

	mu    sync.Mutex
	known []byte // HMAC of the right password, nil until it was seen
}

func newCredential(hash passwordHash) *credential {
	c := &credential{hash: hash}
	rand.Read(c.key[:]) // never fails
	return c
}

func (c *credential) tag(password string) []byte {
	mac := hmac.New(sha256.New, c.key[:])
	mac.Write([]byte(password))
	return mac.Sum(nil)
}

// knows says whether the password was right before. It is cheap.
func (c *credential) knows(password string) bool {
	tag := c.tag(password)
	c.mu.Lock()
	defer c.mu.Unlock()
	return hmac.Equal(tag, c.known)
}

// check derives and compares. It is expensive.
func (c *credential) check(password string) bool {
	if !c.hash.matches(password) {
		return false
	}
	tag := c.tag(password)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = tag
	return true
}
