package mqtt

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
)

// authority signs the certificates of a test.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  crypto.Signer
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, dir: t.TempDir(), key: ecKey(t)}
	a.cert = &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	a.write("ca.pem", "CERTIFICATE", a.sign(a.cert, a.key.Public()))
	return a
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (a *authority) sign(template *x509.Certificate, public crypto.PublicKey) []byte {
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, public, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	return der
}

// issue gives a certificate for a key.
func (a *authority) issue(name string, key crypto.Signer) []byte {
	return a.sign(&x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}, key.Public())
}

// write saves PEM and gives its path.
func (a *authority) write(name, kind string, der []byte) string {
	path := filepath.Join(a.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
	return path
}

// server is the TLS configuration of a broker that wants client certificates.
func (a *authority) server() *tls.Config {
	key, pool := ecKey(a.t), x509.NewCertPool()
	pool.AddCert(must(x509.ParseCertificate(a.sign(a.cert, a.key.Public()))))
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{a.issue("broker", key)}, PrivateKey: key}},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: pool,
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// clientKeys are a client certificate's keys in each form they are found in.
func clientKeys(t *testing.T) map[string]struct {
	key  crypto.Signer
	kind string
	der  []byte
} {
	type form = struct {
		key  crypto.Signer
		kind string
		der  []byte
	}
	rsaKey, ec := must(rsa.GenerateKey(rand.Reader, 2048)), ecKey(t)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]form{
		"PKCS#1 RSA":     {rsaKey, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey)},
		"PKCS#8 RSA":     {rsaKey, "PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(rsaKey))},
		"PKCS#8 Ed25519": {ed, "PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(ed))},
		"SEC1 P-256":     {ec, "EC PRIVATE KEY", must(x509.MarshalECPrivateKey(ec))},
	}
}

func TestClientCertificates(t *testing.T) {
	ca := newAuthority(t)
	broker := serveOn(t, listeners.NewTCP(listeners.Config{ID: "front", Address: "127.0.0.1:0", TLSConfig: ca.server()}))
	for name, form := range clientKeys(t) {
		t.Run(name, func(t *testing.T) {
			for _, scheme := range []string{"ssl", "tls", "mqtts"} {
				expectLogin(t, Config{Server: scheme + "://" + broker.address(), CACert: filepath.Join(ca.dir, "ca.pem"),
					TLSCert: ca.write("client.pem", "CERTIFICATE", ca.issue("0123456789abcdef", form.key)),
					TLSKey:  ca.write("client.key", form.kind, form.der)}, "")
			}
		})
	}
}

func TestTLSRefusals(t *testing.T) {
	ca, stranger := newAuthority(t), newAuthority(t)
	broker := serveOn(t, listeners.NewTCP(listeners.Config{ID: "front", Address: "127.0.0.1:0", TLSConfig: ca.server()}))
	server, known := "ssl://"+broker.address(), filepath.Join(ca.dir, "ca.pem")
	key := ecKey(t)
	keyFile := ca.write("client.key", "EC PRIVATE KEY", must(x509.MarshalECPrivateKey(key)))
	empty := ca.write("empty.pem", "NOTHING", nil)
	for _, c := range []struct {
		name   string
		config Config
		want   string
	}{
		{"unknown authority", Config{}, "unknown authority"},
		{"other authority", Config{CACert: filepath.Join(stranger.dir, "ca.pem")}, "unknown authority"},
		{"no client certificate", Config{CACert: known}, "logging in"},
		{"client certificate of another authority", Config{CACert: known, TLSKey: keyFile,
			TLSCert: stranger.write("client.pem", "CERTIFICATE", stranger.issue("x", key))}, "logging in"},
		{"no such authority file", Config{CACert: known + "x"}, "reading ca_cert"},
		{"authority file without certificate", Config{CACert: empty}, "no PEM certificate"},
		{"key file without key", Config{CACert: known, TLSKey: empty, TLSCert: known}, "reading tls_cert and tls_key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.config.Server = server
			expectLogin(t, c.config, c.want)
		})
	}
}

func TestWebSocket(t *testing.T) {
	ca := newAuthority(t)
	plain := serveOn(t, listeners.NewWebsocket(listeners.Config{ID: "front", Address: freeAddress(t)}))
	secure := ca.server()
	secure.ClientAuth = tls.NoClientCert
	sealed := serveOn(t, listeners.NewWebsocket(listeners.Config{ID: "front", Address: freeAddress(t), TLSConfig: secure}))
	expectLogin(t, Config{Server: "ws://" + plain.address()}, "")
	expectLogin(t, Config{Server: "wss://" + sealed.address() + "/mqtt", CACert: filepath.Join(ca.dir, "ca.pem")}, "")
	expectLogin(t, Config{Server: "wss://" + sealed.address()}, "unknown authority")
}

// freeAddress is an address that nobody listens on: mochi's WebSocket listener
// does not tell which port it was given.
func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// expectLogin logs in, which must fail with an error that holds want unless that
// is empty.
func expectLogin(t *testing.T, config Config, want string) {
	t.Helper()
	client, err := New(config, testStation(t), quiet())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s, err := client.dial(ctx)
	if s != nil {
		s.Close()
	}
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("%s: error %v, want %q", config.Server, err, want)
	}
}

func TestAddress(t *testing.T) {
	for _, c := range []struct{ server, usual, want string }{
		{"tcp://broker.example", "1883", "broker.example:1883"},
		{"tcp://broker.example:2000", "1883", "broker.example:2000"},
		{"mqtts://[2001:db8::1]", "8883", "[2001:db8::1]:8883"},
	} {
		if got := address(must(url.Parse(c.server)), c.usual); got != c.want {
			t.Errorf("%s: %s, want %s", c.server, got, c.want)
		}
	}
}

// TestSurvivesRenewedCertificates: files are read anew at each connection.
func TestSurvivesRenewedCertificates(t *testing.T) {
	ca := newAuthority(t)
	server := ca.server()
	server.ClientAuth = tls.NoClientCert
	broker := serveOn(t, listeners.NewTCP(listeners.Config{ID: "front", Address: "127.0.0.1:0", TLSConfig: server}))
	file := ca.write("trusted.pem", "NOTHING", nil)
	client, err := New(Config{Server: "ssl://" + broker.address(), CACert: file}, testStation(t), quiet())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.dial(t.Context()); err == nil {
		t.Fatal("logged in without a certificate authority")
	}
	ca.write("trusted.pem", "CERTIFICATE", ca.sign(ca.cert, ca.key.Public()))
	s, err := client.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	broker.await("the farewell", func(m []packets.Packet) bool { return len(states(m)) == 2 })
}
