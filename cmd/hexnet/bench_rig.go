package main

import (
	"crypto/rand"

	"hexspot/cmd/internal/mqttlink"
	"hexspot/cmd/internal/network"
	"hexspot/gateway/broker"
)

// benchServe is the configuration of the broker that is measured with.
const benchServe = `[broker]
listen = ["127.0.0.1:0"]
`

// benchAccount makes an account in a data directory that may hear and command all.
func benchAccount(data string) (mqttlink.Access, error) {
	access := mqttlink.Access{User: "bench", Password: rand.Text()}
	hash, err := broker.HashPassword(access.Password)
	if err != nil {
		return mqttlink.Access{}, err
	}
	return access, network.Data(data).AddAccount(broker.Account{
		Name: access.User, PasswordHash: hash, Publish: []string{"+/gateway/+/command/#"}, Subscribe: []string{"+/gateway/+/event/+", "+/gateway/+/report/+"},
	})
}
