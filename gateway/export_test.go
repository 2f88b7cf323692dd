package gateway

// NewFakeStore gives the tests of stores the one that the tests of forwarders use.
func NewFakeStore() Store { return &fakeStore{} }
