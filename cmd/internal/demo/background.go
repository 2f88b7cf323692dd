package demo

import "context"

// background runs a part until stop is called, which waits for its end. A part
// that ends with an error of its own ends everything through fail. A part
// outlives the caller's context, so that parts stop in the caller's order.
func background(ctx context.Context, fail context.CancelCauseFunc, run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := run(ctx); err != nil && ctx.Err() == nil {
			fail(err)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}
