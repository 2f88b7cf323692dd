package corecell

import (
	"context"
	"io"
)

func (s *server) run(ctx context.Context, rw io.ReadWriter) error { <-ctx.Done(); return ctx.Err() }
