package emulator

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// ControlInject puts a frame into the chip whose control listens at addr. The
// other end waits up to 30 s for room and for the boot.
func ControlInject(ctx context.Context, addr string, f Frame) error {
	if err := f.validate(); err != nil {
		return err
	}
	w, err := wireFrameOf(f)
	if err != nil {
		return err
	}
	_, err = ask(ctx, addr, request{Do: "inject", Frame: w})
	return err
}

// ControlFaults makes the chip at addr broken in these ways, and in no other.
func ControlFaults(ctx context.Context, addr string, f Faults) error {
	_, err := ask(ctx, addr, request{Do: "faults", Faults: &f})
	return err
}

// ControlStatus asks the chip at addr what it is doing.
func ControlStatus(ctx context.Context, addr string) (Status, error) {
	a, err := ask(ctx, addr, request{Do: "status"})
	if err != nil {
		return Status{}, err
	}
	if a.Status == nil {
		return Status{}, errors.New("emulator control: an answer without status")
	}
	return *a.Status, nil
}

// ControlSent writes each transmission of the chip at addr to w, one JSON
// object a line, until ctx ends (its error) or the chip is gone.
func ControlSent(ctx context.Context, addr string, w io.Writer) error {
	conn, lines, _, err := dial(ctx, addr, request{Do: "sent"})
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return err
	}
	for lines.Scan() {
		if _, err := fmt.Fprintf(w, "%s\n", lines.Bytes()); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("emulator control: %w", err)
	}
	return errors.New("emulator control: the chip is gone")
}

func ask(ctx context.Context, addr string, r request) (answer, error) {
	conn, _, a, err := dial(ctx, addr, r)
	if err != nil {
		return answer{}, err
	}
	return a, conn.Close()
}

// dial makes one request and reads its answer. The connection stays open.
func dial(ctx context.Context, addr string, r request) (net.Conn, *bufio.Scanner, answer, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, nil, answer{}, fmt.Errorf("emulator control: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	lines := bufio.NewScanner(conn)
	lines.Buffer(make([]byte, 0, controlLine), controlLine)
	a, err := exchangeLines(conn, lines, r)
	if err != nil {
		conn.Close()
		return nil, nil, answer{}, errors.Join(ctx.Err(), err)
	}
	return conn, lines, a, nil
}

func exchangeLines(conn net.Conn, lines *bufio.Scanner, r request) (answer, error) {
	if err := writeLine(conn, r); err != nil {
		return answer{}, fmt.Errorf("emulator control: %w", err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(injectPeriod + controlPeriod)); err != nil {
		return answer{}, err
	}
	if !lines.Scan() {
		return answer{}, fmt.Errorf("emulator control: no answer: %w", orEOF(lines.Err()))
	}
	var a answer
	if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
		return answer{}, fmt.Errorf("emulator control: answer: %w", err)
	}
	if a.Error != "" {
		return answer{}, errors.New(a.Error)
	}
	return a, nil
}

func orEOF(err error) error {
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}
