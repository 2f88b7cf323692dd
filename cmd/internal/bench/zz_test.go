package bench

import (
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
	"time"
	"fmt"
	"path/filepath"

	"hexspot/cmd/internal/simulate"
	"hexspot/cmd/internal/verify"
)

func TestZZ(t *testing.T) {
	dir := os.Getenv("ZZ")
	archive, err := simulate.OpenArchive(dir)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println("opened: heap", m.HeapAlloc>>20)
	in := verifyInputs(archive, 2)
	stage := verify.Stage("")
	last := time.Now()
	n := 0
	in.Progress = func(p verify.Progress) {
		if p.Stage != stage || time.Since(last) > 15*time.Second {
			last = time.Now()
			fmt.Println(p, time.Now().Format("15:04:05"))
			stage = p.Stage
			runtime.GC()
			runtime.ReadMemStats(&m)
			fmt.Println("heap", m.HeapAlloc>>20, "sys", m.Sys>>20)
			f, _ := os.Create(fmt.Sprintf("/var/tmp/quota/heap%d.prof", n))
			n++
			pprof.Lookup("heap").WriteTo(f, 0)
			f.Close()
		}
	}
	f, _ := os.Create("/var/tmp/quota/cpu.prof")
	pprof.StartCPUProfile(f)
	res := filepath.Join(t.TempDir(), "result")
	forgetPeak()
	cpu0, _ := processorTime()
	s, err := verify.Epoch(t.Context(), in, res)
	cpu1, _ := processorTime()
	pprof.StopCPUProfile()
	f.Close()
	if err != nil {
		t.Fatal(err)
	}
	peak, _ := peakMemory()
	fmt.Printf("%+v\nroot %x\ncpu %v, rate %.0f peak %d MB\n", s, s.Root, cpu1-cpu0, float64(s.Reports())/(cpu1-cpu0).Seconds(), peak>>20)
}
