package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Bounds of other processes' lives.
const (
	startTimeout = 10 * time.Second // to the first line
	stopTimeout  = 5 * time.Second  // after SIGTERM; then SIGKILL
)

// process is one we started, and the only kind we end.
type process struct {
	command *exec.Cmd
	lines   *bufio.Reader
	begun   time.Time
}

// start runs a program until ctx ends, or stop. Its log goes to log.
func start(ctx context.Context, log io.Writer, program string, args ...string) (*process, error) {
	c := exec.CommandContext(ctx, program, args...)
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = stopTimeout
	c.Stderr = log
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} // if we are killed
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p := &process{command: c, lines: bufio.NewReader(out), begun: time.Now()}
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", program, err)
	}
	return p, nil
}

// line reads the process's next line, by which it says that it is ready.
func (p *process) line() (string, error) {
	late := time.AfterFunc(startTimeout, func() { p.command.Process.Signal(syscall.SIGTERM) })
	defer late.Stop()
	text, err := p.lines.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("%s did not say that it is ready within %v", p.command, startTimeout)
	}
	return text, nil
}

// stop ends the process and waits for it.
func (p *process) stop() error {
	p.command.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(stopTimeout, func() { p.command.Process.Kill() })
	defer kill.Stop()
	io.Copy(io.Discard, p.lines)
	err := p.command.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) || errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: %w", p.command.Path, err)
	}
	return err
}

// kill is SIGKILL.
func (p *process) kill() {
	_ = p.command.Process.Kill()
	_ = p.command.Wait()
}

func (p *process) id() int { return p.command.Process.Pid }

// size is that of a program's file.
func size(program string) (int64, error) {
	info, err := os.Stat(program)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
