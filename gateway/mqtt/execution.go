package mqtt

import (
	"strings"
	"time"

	"github.com/chirpstack/chirpstack/api/go/v4/gw"

	"hexspot/gateway"
)

// answerUse is how long the output of a program waits for a network that is away.
const answerUse = 10 * time.Minute

// execute has a program run, or says why not. Either way there is one event/exec.
func (c *Client) execute(m *gw.GatewayCommandExecRequest, d delivery) {
	answer := func(x gateway.Executed) { c.tellExecuted(m.ExecId, x) }
	why := ""
	switch {
	case d.retained:
		why = "the command was retained by the broker: nobody knows how old it is"
	case c.station.Executor == nil:
		why = "this hotspot's owner permits no commands"
	case !c.pace.Allow():
		why = "too many commands"
	}
	if why != "" {
		answer(gateway.Executed{Error: why})
		return
	}
	c.log.Info("the network asks for a command", "command", clip(m.Command))
	c.station.Executor.Execute(gateway.Execution{Name: m.Command, Input: m.Stdin, Environment: m.Environment}, answer)
}

// tellExecuted queues event/exec.
func (c *Client) tellExecuted(id uint32, x gateway.Executed) {
	c.send("exec", c.topics.Event("exec"), answerUse, func() ([]byte, error) {
		return c.config.marshal(&gw.GatewayCommandExecResponse{
			GatewayId: c.station.EUI.String(), ExecId: id,
			Stdout: x.Output, Stderr: x.ErrorOutput, Error: strings.ToValidUTF8(x.Error, "?"),
		})
	})
}
