package journal

import (
	"fmt"
	"log/slog"
)

// serverLog is the embedded server's logger. What it notices in good health is for
// those who look for a fault.
type serverLog struct{ log *slog.Logger }

func (l serverLog) Noticef(format string, args ...any) { l.log.Debug(text(format, args)) }
func (l serverLog) Debugf(format string, args ...any)  { l.log.Debug(text(format, args)) }
func (l serverLog) Tracef(format string, args ...any)  { l.log.Debug(text(format, args)) }
func (l serverLog) Warnf(format string, args ...any)   { l.log.Warn(text(format, args)) }
func (l serverLog) Errorf(format string, args ...any)  { l.log.Error(text(format, args)) }
func (l serverLog) Fatalf(format string, args ...any)  { l.log.Error(text(format, args)) }

func text(format string, args []any) string { return "log: " + fmt.Sprintf(format, args...) }
