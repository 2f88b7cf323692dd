package exec

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hexspot/gateway"
)

// patience is for what must happen; a test that needs all of it fails.
const patience = time.Minute

// shell is a list in which each name is a shell script. The programs under test are
// scripts; nothing of a message gets near them but input and environment.
func shell(scripts map[string]string) Commands {
	list := Commands{}
	for name, script := range scripts {
		list[name] = []string{"/bin/sh", "-c", script}
	}
	return list
}

// running starts a runner until the test ends.
func running(t *testing.T, c Commands, limit time.Duration) (r *Runner, stop func()) {
	t.Helper()
	r, err := NewRunner(c)
	if err != nil {
		t.Fatal(err)
	}
	r.limit = limit
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	stop = func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(patience):
			t.Error("the runner does not stop")
		}
		done <- nil
	}
	t.Cleanup(stop)
	return r, stop
}

func execute(t *testing.T, r *Runner, e gateway.Execution) gateway.Executed {
	t.Helper()
	answers := make(chan gateway.Executed, 2)
	r.Execute(e, func(x gateway.Executed) { answers <- x })
	return await(t, answers)
}

func await(t *testing.T, answers <-chan gateway.Executed) gateway.Executed {
	t.Helper()
	select {
	case x := <-answers:
		return x
	case <-time.After(patience):
		t.Fatal("no answer")
		return gateway.Executed{}
	}
}

func TestRuns(t *testing.T) {
	t.Setenv("HEXSPOT_SECRET", "not for programs")
	r, _ := running(t, shell(map[string]string{
		"echo":   `cat; echo; echo "$GREETING" >&2`,
		"fail":   `echo half; exit 3`,
		"env":    `env | sort`,
		"where":  `pwd`,
		"args":   `echo "$#"`,
		"killed": `kill -TERM $$`,
	}), timeLimit)
	for _, c := range []struct {
		name string
		e    gateway.Execution
		want gateway.Executed
	}{
		{"input and environment", gateway.Execution{Name: "echo", Input: []byte("in; $(id) `id`"), Environment: map[string]string{"GREETING": "$(hello) ; rm"}},
			gateway.Executed{Output: []byte("in; $(id) `id`\n"), ErrorOutput: []byte("$(hello) ; rm\n")}},
		{"exit status", gateway.Execution{Name: "fail"}, gateway.Executed{Output: []byte("half\n"), Error: "exit status 3"}},
		{"nothing is inherited", gateway.Execution{Name: "env", Environment: map[string]string{"A_1": "x"}}, gateway.Executed{Output: []byte("A_1=x\n" + base + "\nPWD=/\n")}},
		{"directory", gateway.Execution{Name: "where"}, gateway.Executed{Output: []byte("/\n")}},
		{"signal", gateway.Execution{Name: "killed"}, gateway.Executed{Error: "signal: terminated"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := execute(t, r, c.e)
			out := strings.ReplaceAll(string(got.Output), "_=/usr/bin/env\n", "")
			if out != string(c.want.Output) || !bytes.Equal(got.ErrorOutput, c.want.ErrorOutput) || got.Error != c.want.Error {
				t.Errorf("%q %q %q, want %q %q %q", out, got.ErrorOutput, got.Error, c.want.Output, c.want.ErrorOutput, c.want.Error)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	many := map[string]string{}
	for i := range maxVariables + 1 {
		many["A"+strconv.Itoa(i)] = ""
	}
	list := shell(map[string]string{"touch": "touch /dev/null"})
	list["missing"] = []string{"/no/such/program"}
	r, _ := running(t, list, timeLimit)
	for want, e := range map[string]gateway.Execution{
		`"reboot" is not in this hotspot's list`:   {Name: "reboot"},
		`"" is not in`:                             {},
		`"/bin/sh" is not in`:                      {Name: "/bin/sh"},
		"no such file":                             {Name: "missing"},
		"standard input of":                        {Name: "touch", Input: make([]byte, maxInput+1)},
		"33 environment variables":                 {Name: "touch", Environment: many},
		"LD_PRELOAD is not for a network":          {Name: "touch", Environment: map[string]string{"LD_PRELOAD": "/tmp/x.so"}},
		"PATH is not for a network":                {Name: "touch", Environment: map[string]string{"PATH": "/tmp"}},
		"PYTHONSTARTUP is not for a network":       {Name: "touch", Environment: map[string]string{"PYTHONSTARTUP": "/tmp/x"}},
		`environment variable "path"`:              {Name: "touch", Environment: map[string]string{"path": "x"}},
		`environment variable "1A"`:                {Name: "touch", Environment: map[string]string{"1A": "x"}},
		`environment variable ""`:                  {Name: "touch", Environment: map[string]string{"": "x"}},
		`environment variable "A=B"`:               {Name: "touch", Environment: map[string]string{"A=B": "x"}},
		`environment variable "BASH_FUNC_ls%%"`:    {Name: "touch", Environment: map[string]string{"BASH_FUNC_ls%%": "() { :; }"}},
		"A: want at most 1024 bytes":               {Name: "touch", Environment: map[string]string{"A": strings.Repeat("x", 1025)}},
		"A: want at most 1024 bytes, none of them": {Name: "touch", Environment: map[string]string{"A": "x\x00B=y"}},
	} {
		if got := execute(t, r, e); !strings.Contains(got.Error, want) || len(got.Output) > 0 {
			t.Errorf("%.40q: %+v, want %q", e.Name, got, want)
		}
	}
}

// alive says whether a process runs; one that is dead and not yet waited for does not.
func alive(t *testing.T, pidFile string) bool {
	t.Helper()
	text, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	pid := strings.TrimSpace(string(text))
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z") && !strings.HasPrefix(state, "X")
}

func dies(t *testing.T, pidFile string) {
	t.Helper()
	for begin := time.Now(); alive(t, pidFile); runtime.Gosched() {
		if time.Since(begin) > patience {
			t.Fatal("the child lives on")
		}
	}
}

// TestTimeLimit: the whole process group is killed, children too. A machine that does not get
// the program to begin within the limit gets a longer one.
func TestTimeLimit(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	for limit := 300 * time.Millisecond; ; limit *= 2 {
		r, stop := running(t, shell(map[string]string{"hang": "sleep 1000 & echo $! > " + pid + "; echo begun; wait"}), limit)
		got := execute(t, r, gateway.Execution{Name: "hang"})
		stop()
		if want := "killed after " + limit.String(); got.Error != want {
			t.Fatalf("%q %q, want %q", got.Output, got.Error, want)
		}
		if string(got.Output) == "begun\n" {
			break
		}
		if limit > patience {
			t.Fatalf("within %v there is %q", limit, got.Output)
		}
	}
	dies(t, pid)
}

// TestChildKeepsOutput: a program that ends, but leaves a child with its output open,
// does not hold up the next.
func TestChildKeepsOutput(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	r, _ := running(t, shell(map[string]string{"leave": "sleep 1000 & echo $! > " + pid}), timeLimit)
	begin := time.Now()
	got := execute(t, r, gateway.Execution{Name: "leave"})
	if got.Error == "" || time.Since(begin) > timeLimit/2 {
		t.Errorf("%+v after %v", got, time.Since(begin))
	}
	dies(t, pid)
}

func TestOutputIsBounded(t *testing.T) {
	r, _ := running(t, shell(map[string]string{"loud": "head -c 10000000 /dev/zero; head -c 10000000 /dev/zero >&2"}), timeLimit)
	got := execute(t, r, gateway.Execution{Name: "loud"})
	if len(got.Output) != maxOutput || len(got.ErrorOutput) != maxErrorOutput || !strings.Contains(got.Error, "output cut") {
		t.Errorf("%d and %d bytes, %q", len(got.Output), len(got.ErrorOutput), got.Error)
	}
}

// TestOneAtATime: programs run one after the other, in order; who comes when too many
// wait is refused; a stop kills the one that runs and answers the rest.
func TestOneAtATime(t *testing.T) {
	dir := t.TempDir()
	gate := filepath.Join(dir, "gate")
	if err := syscall.Mkfifo(gate, 0o600); err != nil {
		t.Fatal(err)
	}
	r, stop := running(t, shell(map[string]string{"wait": "cat " + gate, "cat": "cat"}), timeLimit)
	answers := make(chan gateway.Executed, waiting+3)
	r.Execute(gateway.Execution{Name: "wait"}, func(x gateway.Executed) { answers <- x })
	door, err := os.OpenFile(gate, os.O_WRONLY, 0) // waits until the program runs
	if err != nil {
		t.Fatal(err)
	}
	for i := range waiting {
		r.Execute(gateway.Execution{Name: "cat", Input: []byte{byte('a' + i)}}, func(x gateway.Executed) { answers <- x })
	}
	if got := execute(t, r, gateway.Execution{Name: "cat"}); !strings.Contains(got.Error, "busy") {
		t.Errorf("%+v, want busy", got)
	}
	door.Close()
	var order []byte
	for range waiting + 1 {
		order = append(order, await(t, answers).Output...)
	}
	if string(order) != "abcdefgh" {
		t.Errorf("order %q", order)
	}
	r.Execute(gateway.Execution{Name: "wait"}, func(x gateway.Executed) { answers <- x })
	if door, err = os.OpenFile(gate, os.O_WRONLY, 0); err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	r.Execute(gateway.Execution{Name: "cat"}, func(x gateway.Executed) { answers <- x })
	stop()
	for range 2 {
		if got := await(t, answers); !strings.Contains(got.Error, "the hotspot stops") {
			t.Errorf("%+v, want one that says why", got)
		}
	}
}

func TestCommandsValidate(t *testing.T) {
	for want, c := range map[string]Commands{
		`command "Up"`:            {"Up": {"/bin/true"}},
		`command ""`:              {"": {"/bin/true"}},
		`command "a b"`:           {"a b": {"/bin/true"}},
		"command up: want the":    {"up": {}},
		"absolute path":           {"up": {"uptime"}},
		"arguments, want at most": {"up": append([]string{"/bin/true"}, make([]string, 64)...)},
		"zero byte":               {"up": {"/bin/true", "a\x00"}},
	} {
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", c, err, want)
		}
		if _, err := NewRunner(c); err == nil {
			t.Errorf("%v: a runner was made", c)
		}
	}
	if err := (Commands{"up-time_2": {"/usr/bin/uptime", "-p"}}).Validate(); err != nil {
		t.Error(err)
	}
	if err := Commands(nil).Validate(); err != nil {
		t.Error(err)
	}
}

func FuzzEnvironment(f *testing.F) {
	f.Add("LD_PRELOAD", "x")
	f.Add("A", "x\x00y")
	f.Add("A=B", "")
	f.Fuzz(func(t *testing.T, key, value string) {
		list, err := environment(map[string]string{key: value})
		if err != nil {
			if len(err.Error()) > 600 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		if len(list) != 2 || strings.Count(key, "=") > 0 || hasNUL(list[1]) || strings.HasPrefix(key, "LD_") || key == "PATH" {
			t.Errorf("%q", list)
		}
	})
}
