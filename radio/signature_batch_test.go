package radio

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// TestBatchIsOneByOne mixes key types and wrong signatures: the batch says what the
// station says.
func TestBatchIsOneByOne(t *testing.T) {
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signers := []crypto.Signer{newEd25519(t), newEd25519(t), p256}
	rapid.Check(t, func(t *rapid.T) {
		var b Batch
		var want []bool
		for i := range rapid.IntRange(0, 12).Draw(t, "signatures") {
			message := []byte(strconv.Itoa(i))
			station, sig, err := SignMessage(rapid.SampledFrom(signers).Draw(t, "signer"), message)
			if err != nil {
				t.Fatal(err)
			}
			if rapid.IntRange(0, 9).Draw(t, "spoil") == 0 {
				sig[rapid.IntRange(0, 63).Draw(t, "byte")] ^= 1
			}
			want = append(want, station.VerifyMessage(message, sig) == nil)
			b.Add(station, message, sig)
		}
		if got := b.Verify(); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
		if len(b.Verify()) != 0 {
			t.Fatal("the batch was not emptied")
		}
	})
}

// TestBatchOfCornerCases are the vectors of ZIP-215, each beside one that is right.
func TestBatchOfCornerCases(t *testing.T) {
	v := loadVectors(t).Signed
	for _, c := range v.Zip215 {
		s, err := ParseSigned(unhex(t, c.Encoded))
		if err != nil {
			t.Fatal(err)
		}
		network := mustNetwork(t, c.Network)
		beside, err := Sign(newEd25519(t), network, KindBeacon, []byte{1})
		if err != nil {
			t.Fatal(err)
		}
		var b Batch
		b.AddSigned(s, network)
		b.AddSigned(beside, network)
		if got := b.Verify(); !slices.Equal(got, []bool{c.Valid, true}) {
			t.Errorf("%s: %v, want %v", c.Note, got, c.Valid)
		}
	}
}

func BenchmarkBatch(b *testing.B) {
	for _, n := range []int{1, 16, 64, 256} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			records := make([]Signed, n)
			for i := range records {
				records[i], _ = Sign(newEd25519(b), Network{}, KindBeacon, []byte{1})
			}
			for b.Loop() {
				var batch Batch
				for _, r := range records {
					batch.AddSigned(r, Network{})
				}
				batch.Verify()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "us/signature")
		})
	}
}
