//go:build s3

package journal

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// shelf is as much of an S3 server as a bucket needs: objects are put whole, got and listed, and whoever has
// no signature is refused.
type shelf struct {
	mu      sync.Mutex
	objects map[string][]byte
	full    bool // takes nothing
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case bucket != "bucket" || !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 "):
		http.Error(w, "", http.StatusForbidden)
	case r.Method == http.MethodPut && !s.full:
		s.put(w, key, r.Body)
	case r.Method == http.MethodGet && key == "":
		s.list(w)
	case r.Method == http.MethodGet && s.objects[key] != nil:
		w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
		_, _ = w.Write(s.objects[key])
	default:
		http.Error(w, "", http.StatusNotFound)
	}
}

func (s *shelf) put(w http.ResponseWriter, key string, body io.Reader) {
	b, err := io.ReadAll(body)
	if err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	s.objects[key] = b
	w.Header().Set("ETag", `"1"`)
}

func (s *shelf) list(w http.ResponseWriter) {
	type object struct {
		Key          string
		LastModified time.Time
		Size         int
	}
	result := struct {
		XMLName     xml.Name `xml:"ListBucketResult"`
		IsTruncated bool
		Contents    []object
	}{}
	for _, key := range slices.Sorted(maps.Keys(s.objects)) {
		result.Contents = append(result.Contents, object{key, time.Now().UTC(), len(s.objects[key])})
	}
	_ = xml.NewEncoder(w).Encode(result)
}

// TestRollIntoS3: a journal is rolled off into a bucket of a server, and what that has not taken stays in the
// log.
func TestRollIntoS3(t *testing.T) {
	s := &shelf{objects: map[string][]byte{"other": []byte("thing")}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
		"AWS_CONFIG_FILE": filepath.Join(t.TempDir(), "none"), "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(t.TempDir(), "none"),
	} {
		t.Setenv(name, value)
	}
	address := "s3://bucket?region=eu-central-1&use_path_style=true&disable_https=true&endpoint=" + server.URL
	if err := (Config{Files: address}).Validate(); err != nil {
		t.Error(err)
	}
	b, err := OpenBucket(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	j, _ := running(t, Config{}, t.TempDir())
	fill(t, j, "a", 20, 200)
	s.full = true
	if made, err := j.Roll(t.Context(), b, ahead().Add(48*time.Hour)); err == nil || len(made) != 0 {
		t.Errorf("a server that takes nothing: %v, %v", made, err)
	}
	all := contents(t, j, Query{})
	if len(all) != 200 {
		t.Fatalf("%d records are left", len(all))
	}
	s.full = false
	if made := roll(t, j, b, ahead().Add(48*time.Hour)); len(made) == 0 {
		t.Error("nothing was rolled off")
	}
	same(t, inFiles(t, b), all)
	if left := contents(t, j, Query{}); len(left) != 0 {
		t.Errorf("%d records are left in the log", len(left))
	}
	if _, err := b.Open(t.Context(), File{Last: 1}); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("a file that is not there: %v", err)
	}
}
