package mqtt

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"
	"google.golang.org/protobuf/proto"

	"hexspot/gateway"
	"hexspot/internal/mosquitto"
)

// echo is an executor that gives back what it is asked for.
type echo struct{ asked []gateway.Execution }

func (x *echo) Execute(e gateway.Execution, done func(gateway.Executed)) {
	x.asked = append(x.asked, e)
	done(gateway.Executed{Output: e.Input, ErrorOutput: []byte(e.Environment["A"]), Error: e.Name})
}

func execution(id uint32, name string) message {
	m := &gw.GatewayCommandExecRequest{GatewayId: testEUI.String(), ExecId: id, Command: name, Stdin: []byte("in"), Environment: map[string]string{"A": "b"}}
	return message{topic: strings.Replace(downTopic, "down", "exec", 1), payload: must(proto.Marshal(m))}
}

func executed(t *testing.T, l letter) *gw.GatewayCommandExecResponse {
	t.Helper()
	var m gw.GatewayCommandExecResponse
	if err := proto.Unmarshal(l.payload, &m); err != nil || l.topic != execTopic || m.GatewayId != testEUI.String() {
		t.Fatalf("%s %v %v", l.topic, &m, err)
	}
	return &m
}

// TestExecutionIsOffByDefault: without an executor nothing is run, and the network is
// told so.
func TestExecutionIsOffByDefault(t *testing.T) {
	letters := obey(t, offline(t, nil), execution(7, "reboot"))
	if m := executed(t, letters[0]); m.ExecId != 7 || !strings.Contains(m.Error, "permits no commands") {
		t.Errorf("%v", m)
	}
}

func TestExecution(t *testing.T) {
	x := &echo{}
	c := offline(t, func(s *Station) { s.Executor = x })
	retained, again := execution(2, "x"), execution(1, "uptime")
	retained.retained, again.again = true, true
	letters := obey(t, c, execution(1, "uptime"), again, retained, execution(3, "bad \x7f"))
	if len(letters) != 3 || len(x.asked) != 2 {
		t.Fatalf("%d answers, asked %v", len(letters), x.asked)
	}
	if m := executed(t, letters[0]); m.ExecId != 1 || string(m.Stdout) != "in" || string(m.Stderr) != "b" || m.Error != "uptime" {
		t.Errorf("%v", m)
	}
	if m := executed(t, letters[1]); m.ExecId != 2 || !strings.Contains(m.Error, "retained") {
		t.Errorf("%v", m)
	}
}

func TestExecutionOnMosquitto(t *testing.T) {
	url := mosquitto.Start(t)
	station := testStation(t)
	station.Executor = &echo{}
	gatewayOn(t, Config{Server: url}, station)
	network := newOperator(t, url)
	for i := range uint32(20) {
		m := execution(i, fmt.Sprint("name", i))
		network.publish(m.topic, false, m.payload)
	}
	for i, m := range network.await(execTopic, 20) {
		if got := executed(t, letter{topic: m.Topic(), payload: m.Payload()}); got.ExecId != uint32(i) || got.Error != fmt.Sprint("name", i) {
			t.Errorf("answer %d: %v", i, got)
		}
	}
}

func TestExecutionErrorsAreText(t *testing.T) {
	c := offline(t, nil)
	c.tellExecuted(1, gateway.Executed{Error: "\xff\xfe", Output: []byte{0xff, 0}})
	if m := executed(t, c.outbox.letters[0]); m.Error != "?" || string(m.Stdout) != "\xff\x00" {
		t.Errorf("%v", m)
	}
}
