package log

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"hexspot/radio"
	"hexspot/witness"
)

// hexBytes is hex in the vectors.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(b []byte) (err error) {
	*h, err = hex.DecodeString(string(b))
	return err
}

func (h hexBytes) hash() Hash { return Hash(h) }

func hashes(hs []hexBytes) []Hash {
	var out []Hash
	for _, h := range hs {
		out = append(out, h.hash())
	}
	return out
}

// stationVectors is what the tests here need of the group `station`: the keys.
type stationVectors struct {
	Valid []struct{ Secret, Station hexBytes }
}

// logVectors is the group `log` of the vectors of another implementation.
type logVectors struct {
	RecordIDs  []hexBytes `json:"record_ids"`
	LeafHashes []hexBytes `json:"leaf_hashes"`
	Roots      []struct {
		Size uint64
		Root hexBytes
	}
	Inclusion []struct {
		Index, Size uint64
		Proof       []hexBytes
	}
	Consistency []struct {
		OldSize uint64 `json:"old_size"`
		NewSize uint64 `json:"new_size"`
		Proof   []hexBytes
		Valid   bool
	}
	Checkpoint struct {
		NetworkKey hexBytes `json:"network_key"`
		Network    string
		Epoch      uint64 `json:",string"`
		Size       uint64
		Text       string
		KeyName    string   `json:"key_name"`
		KeyID      hexBytes `json:"key_id"`
		Note       string
	}
}

func loadVectors(t testing.TB) logVectors {
	t.Helper()
	v, _ := loadVectorsAndKeys(t)
	return v
}

func loadVectorsAndKeys(t testing.TB) (v logVectors, keys stationVectors) {
	t.Helper()
	b, err := os.ReadFile("../../radio/testdata/hexspot-1.json")
	if err != nil {
		t.Fatal(err)
	}
	all := struct {
		Log     *logVectors
		Station *stationVectors
	}{&v, &keys}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	if len(v.RecordIDs) != 7 || len(v.Roots) != 8 || len(v.Inclusion) == 0 || len(v.Consistency) < 4 || v.Checkpoint.Note == "" {
		t.Fatal("vectors are missing")
	}
	return v, keys
}

func (v logVectors) ids() ids {
	var list ids
	for _, id := range v.RecordIDs {
		list = append(list, radio.RecordID(id))
	}
	return list
}

func (v logVectors) head(size uint64) Head {
	return Head{v.Roots[size].Size, v.Roots[size].Root.hash()}
}

func TestTreeVectors(t *testing.T) {
	v := loadVectors(t)
	tree := NewTree(v.ids())
	for i, id := range v.ids() {
		if got := tree.Head(); got != v.head(uint64(i)) {
			t.Errorf("head of %d records: %v", i, got)
		}
		tree.Append(id)
	}
	if got := tree.Head(); got != v.head(7) {
		t.Errorf("head of 7 records: %v", got)
	}
	for i, want := range v.LeafHashes {
		if got := leafHash(v.ids()[i]); got != want.hash() {
			t.Errorf("leaf %d: %x", i, got)
		}
	}
}

func TestInclusionVectors(t *testing.T) {
	v := loadVectors(t)
	tree := treeFrom(v.ids())
	for _, c := range v.Inclusion {
		want := Inclusion{v.ids()[c.Index], c.Index, hashes(c.Proof)}
		got, err := tree.Include(c.Index, c.Size)
		if err != nil || !sameHashes(got.Proof, want.Proof) || got.Record != want.Record {
			t.Errorf("inclusion of %d in %d: %v, %v", c.Index, c.Size, got, err)
		}
		if err := want.Verify(v.head(c.Size)); err != nil {
			t.Error(err)
		}
	}
}

func TestConsistencyVectors(t *testing.T) {
	v := loadVectors(t)
	tree := treeFrom(v.ids())
	invalid := 0
	for _, c := range v.Consistency {
		p := Consistency{v.head(c.OldSize), v.head(c.NewSize), hashes(c.Proof)}
		if err := p.Verify(); (err == nil) != c.Valid {
			t.Errorf("consistency of %d and %d: %v, want valid %v", c.OldSize, c.NewSize, err, c.Valid)
		}
		if !c.Valid {
			invalid++
			continue
		}
		got, err := tree.Extend(c.OldSize, c.NewSize)
		if err != nil || got.Old != p.Old || got.New != p.New || !sameHashes(got.Proof, p.Proof) {
			t.Errorf("consistency of %d and %d: %v, %v", c.OldSize, c.NewSize, got, err)
		}
	}
	if invalid < 2 {
		t.Error("no invalid vectors")
	}
}

func TestCheckpointVector(t *testing.T) {
	v := loadVectors(t).Checkpoint
	n, err := ParseNote([]byte(v.Note))
	if err != nil {
		t.Fatal(err)
	}
	c := n.Checkpoint()
	if c.Text() != v.Text || c.Network.String() != v.Network || uint64(c.Epoch) != v.Epoch || c.Size != v.Size {
		t.Errorf("checkpoint %+v", c)
	}
	if hex.EncodeToString(c.Ingest.Bytes()) != hex.EncodeToString(v.NetworkKey) || c.Ingest.String() != v.KeyName {
		t.Errorf("ingest %s", c.Ingest)
	}
	key, err := noteKeyOf(c.Ingest)
	if err != nil || hex.EncodeToString(v.KeyID) != hexID(key.id) {
		t.Errorf("key id %08x, %v", key.id, err)
	}
	if err := n.Authorize(c.Network); err != nil {
		t.Error(err)
	}
	if n.String() != v.Note || len(n.Cosigners()) != 0 {
		t.Errorf("the note comes back as %q", n)
	}
}

// TestSigningVector signs the vector's checkpoint anew: Ed25519 gives the same bytes.
func TestSigningVector(t *testing.T) {
	v, keys := loadVectorsAndKeys(t)
	for _, k := range keys.Valid {
		if !bytes.Equal(k.Station, v.Checkpoint.NetworkKey) {
			continue
		}
		signer := ed25519.NewKeyFromSeed(k.Secret)
		ingest := stationOf(t, signer)
		name := Name{ingest.Network(), witness.Epoch(v.Checkpoint.Epoch), ingest}
		n, err := Sign(signer, Checkpoint{name, treeFrom(v.ids()).Head()})
		if err != nil || n.String() != v.Checkpoint.Note {
			t.Errorf("%v, %v", n, err)
		}
		return
	}
	t.Error("the vectors have no secret of the network's key")
}
