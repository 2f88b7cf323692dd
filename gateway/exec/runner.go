package exec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"hexspot/gateway"
)

// How long a program may take, how long it may keep its output open after it was
// killed, and how many requests wait for their turn.
const (
	timeLimit = 30 * time.Second
	lingering = time.Second
	waiting   = 8
)

// maxInput bounds a program's standard input; MQTT bounds it before.
const maxInput = 64 << 10

// Runner runs programs of a list, one at a time, in the order they are asked for.
type Runner struct {
	commands Commands
	limit    time.Duration
	queue    chan request
}

type request struct {
	gateway.Execution
	line        []string // path and arguments
	environment []string
	done        func(gateway.Executed)
}

var _ gateway.Executor = (*Runner)(nil)

// NewRunner makes a runner; the list is checked.
func NewRunner(c Commands) (*Runner, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return &Runner{commands: c, limit: timeLimit, queue: make(chan request, waiting)}, nil
}

// Execute queues a program, or refuses it at once: because its name is not in the
// list, because of what is asked with it, or because too many wait.
func (r *Runner) Execute(e gateway.Execution, done func(gateway.Executed)) {
	q, err := r.prepare(e)
	if err != nil {
		done(gateway.Executed{Error: err.Error()})
		return
	}
	q.done = done
	select {
	case r.queue <- q:
	default:
		done(gateway.Executed{Error: fmt.Sprintf("busy: %d commands wait already", waiting)})
	}
}

func (r *Runner) prepare(e gateway.Execution) (request, error) {
	line, ok := r.commands[e.Name]
	if !ok {
		return request{}, fmt.Errorf("command %q is not in this hotspot's list of commands", clip(e.Name))
	}
	if len(e.Input) > maxInput {
		return request{}, fmt.Errorf("standard input of %d bytes: want at most %d", len(e.Input), maxInput)
	}
	environment, err := environment(e.Environment)
	return request{Execution: e, line: line, environment: environment}, err
}

// Run runs what is asked for until ctx ends, which kills what runs then; what waits
// is told so.
func (r *Runner) Run(ctx context.Context) error {
	for {
		select {
		case q := <-r.queue:
			q.done(r.run(ctx, q))
		case <-ctx.Done():
			return r.refuseRest()
		}
	}
}

func (r *Runner) refuseRest() error {
	for {
		select {
		case q := <-r.queue:
			q.done(gateway.Executed{Error: "the hotspot stops"})
		default:
			return nil
		}
	}
}

// run runs one program and waits for it.
func (r *Runner) run(ctx context.Context, q request) gateway.Executed {
	ctx, cancel := context.WithTimeoutCause(ctx, r.limit, fmt.Errorf("killed after %v", r.limit))
	defer cancel()
	out, problems := output{most: maxOutput}, output{most: maxErrorOutput}
	command := exec.CommandContext(ctx, q.line[0], q.line[1:]...)
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(q.Input), &out, &problems
	command.Env, command.Dir = q.environment, "/"
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that its children are killed with it
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	command.WaitDelay = lingering
	err := command.Run()
	switch {
	case err == nil:
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case errors.Is(err, exec.ErrWaitDelay): // it has ended, but a child of it writes on
		_ = command.Cancel()
	}
	return gateway.Executed{Output: out.kept, ErrorOutput: problems.kept, Error: explain(err, out, problems)}
}

// explain says what went wrong, empty if nothing did.
func explain(err error, out, problems output) string {
	var faults []string
	switch {
	case errors.Is(err, context.Canceled):
		faults = append(faults, "killed: the hotspot stops")
	case err != nil:
		faults = append(faults, err.Error())
	}
	if out.cut || problems.cut {
		faults = append(faults, fmt.Sprintf("output cut: %d bytes and %d of errors are kept", maxOutput, maxErrorOutput))
	}
	return strings.Join(faults, "; ")
}
