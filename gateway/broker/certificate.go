package broker

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// certificates reads a certificate again when its file has changed.
type certificates struct {
	cert, key string

	mu      sync.Mutex
	changed time.Time // of the file that was loaded
	loaded  *tls.Certificate
}

// get is a tls.Config's GetCertificate. A new certificate that cannot be read does
// not take the place of a good one: it may be half written.
func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	info, err := os.Stat(c.cert)
	if err == nil && c.loaded != nil && info.ModTime().Equal(c.changed) {
		return c.loaded, nil
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	switch {
	case err == nil:
		c.loaded = &pair
		if info != nil {
			c.changed = info.ModTime()
		}
	case c.loaded == nil:
		return nil, fmt.Errorf("reading tls_cert and tls_key: %w", err)
	}
	return c.loaded, nil
}
