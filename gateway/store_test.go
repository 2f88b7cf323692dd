package gateway_test

import (
	"testing"

	"hexspot/gateway"
	"hexspot/gateway/storetest"
)

func TestFakeStoreIsAStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) gateway.Store { return gateway.NewFakeStore() })
}
