package lns

import (
	"time"

	"github.com/brocaar/lorawan"

	"hexspot/cmd/internal/otaa"
)

// nonceMost is the greatest join nonce, 24 bits.
const nonceMost = 1<<24 - 1

// join answers a join request of a device of ours with a new nonce.
func (s *Server) join(at time.Duration, c *collection, p *Packet, frame lorawan.PHYPayload, body *lorawan.JoinRequestPayload) []Action {
	m := s.byEUI[body.DevEUI]
	if m == nil || m.registration.Credentials.JoinEUI != body.JoinEUI {
		return nil
	}
	if ok, err := frame.ValidateUplinkJoinMIC(m.registration.Credentials.AppKey); err != nil || !ok {
		return nil
	}
	p.Device, p.Kind = m.eui(), Join
	if m.nonces[body.DevNonce] {
		p.Kind = JoinSeen
		return nil
	}
	m.nonces[body.DevNonce] = true
	payload, err := s.accept(m, body.DevNonce)
	if err != nil { // out of nonces: nobody can join any more
		return nil
	}
	return s.command(at, c, m, payload, JoinAccept, otaa.JoinDelay)
}

// accept makes a join accept and the session it begins.
func (s *Server) accept(m *member, nonce lorawan.DevNonce) ([]byte, error) {
	s.nonce = s.nonce%nonceMost + 1
	credentials := m.registration.Credentials
	session, err := otaa.Derive(credentials.AppKey, m.address, s.nonce, s.config.Network, nonce)
	if err != nil {
		return nil, err
	}
	frame := lorawan.PHYPayload{
		MHDR: lorawan.MHDR{MType: lorawan.JoinAccept, Major: lorawan.LoRaWANR1},
		MACPayload: &lorawan.JoinAcceptPayload{
			JoinNonce: s.nonce, HomeNetID: s.config.Network, DevAddr: m.address,
			DLSettings: lorawan.DLSettings{RX2DataRate: uint8(s.config.RX2Rate)},
			RXDelay:    s.config.RXDelay, CFList: otaa.ChannelList(s.config.Plan),
		},
	}
	if err := frame.SetDownlinkJoinMIC(lorawan.JoinRequestType, credentials.JoinEUI, nonce, credentials.AppKey); err != nil {
		return nil, err
	}
	if err := frame.EncryptJoinAcceptPayload(credentials.AppKey); err != nil {
		return nil, err
	}
	payload, err := frame.MarshalBinary()
	if err == nil {
		m.pending = &link{session: session}
	}
	return payload, err
}
