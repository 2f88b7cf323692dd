package broker

import (
	"errors"
	"fmt"
	"strings"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"hexspot/radio"
)

// identity is who a client is, and what it may do.
type identity struct {
	name    string // for logs
	station radio.Station
	eui     radio.EUI // of a station; zero if it has named none
	rights  rights
}

// rights are what a client may do.
type rights interface {
	mayPublish(topic string, retained bool, size int) bool
	maySubscribe(filter string) bool
}

// named adapts an account's rights, which know nothing of sizes.
type named struct{ accountRights }

func (n named) mayPublish(topic string, _ bool, _ int) bool { return n.accountRights.mayPublish(topic) }

// isStation says whether an identity is a station's.
func (i *identity) isStation() bool { return !i.station.IsZero() }

var (
	errBound    = errors.New("belongs to station")
	errPassword = errors.New("unknown name or wrong password")
	errWill     = errors.New("no right to the topic of its last will")
)

// login decides whether a client may come in, and as whom.
func (h *hook) login(client *mochi.Client, connect packets.ConnectParams) (*identity, error) {
	var who *identity
	var err error
	if name := string(connect.Username); strings.HasPrefix(name, stationTextPrefix) {
		who, err = h.loginStation(name, string(connect.Password), client)
	} else {
		who, err = h.loginAccount(name, string(connect.Password), client)
	}
	if err != nil {
		return nil, err
	}
	if connect.WillFlag && !who.mayLeave(connect) {
		return nil, errWill
	}
	return who, nil
}

// mayLeave says whether a client may have its last will. A report is none: nobody
// would keep it.
func (i *identity) mayLeave(c packets.ConnectParams) bool {
	return i.rights.mayPublish(c.WillTopic, c.WillRetain, willSize(c)) && !(i.isStation() && isReport(c.WillTopic))
}

func (h *hook) loginStation(name, token string, client *mochi.Client) (*identity, error) {
	if h.broker.config.Network == "" {
		return nil, errors.New("stations cannot log in: the broker has no network")
	}
	station, err := radio.ParseStation(name)
	if err != nil {
		return nil, err
	}
	if h.stations != nil && !h.stations[station] {
		return nil, errors.New("the station is not on the list")
	}
	c, err := verifyToken(token, station, h.network, time.Now())
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	if id := client.ID; id != name && !(c.Gateway && id == c.EUI.String()) && !mayUseClientID(id) {
		return nil, errClientID
	}
	if c.Gateway {
		return h.loginGateway(name, c.EUI, station, client)
	}
	return &identity{name: name, station: station, rights: reporterRights(station)}, nil
}

// loginGateway lets a station in that has gateway topics, too.
func (h *hook) loginGateway(name string, eui radio.EUI, station radio.Station, client *mochi.Client) (*identity, error) {
	owner, err := h.bind(eui, station, client)
	if err != nil {
		return nil, err
	}
	if owner != station {
		return nil, fmt.Errorf("EUI %s %w %s", eui, errBound, owner)
	}
	return &identity{name: name, station: station, eui: eui, rights: newStationRights(eui, station, h.regions)}, nil
}

// bind gives the station that an EUI belongs to. Of EUIs that belong to nobody yet one
// address gets so many an hour: there is room for limits.stations in all, and each is a
// write to the disk.
func (h *hook) bind(eui radio.EUI, station radio.Station, client *mochi.Client) (radio.Station, error) {
	owner, err := h.broker.options.Bindings.Bind(eui, station, 0)
	if !errors.Is(err, errManyBindings) {
		return owner, err
	}
	if !h.broker.guests.mayBind(sourceOf(client.Net.Conn.RemoteAddr()), time.Now()) {
		return radio.Station{}, errNewBindings
	}
	return h.broker.options.Bindings.Bind(eui, station, h.broker.config.Limits.Stations)
}

func (h *hook) loginAccount(name, password string, client *mochi.Client) (*identity, error) {
	a, ok := h.accounts[name]
	if !ok || len(password) > maxPassword {
		return nil, errPassword
	}
	if !mayUseClientID(client.ID) {
		return nil, errClientID
	}
	if err := h.checkPassword(a, password, client); err != nil {
		return nil, err
	}
	return &identity{name: name, rights: named{a.rights}}, nil
}

// checkPassword is cheap for a password that was right before.
func (h *hook) checkPassword(a *account, password string, client *mochi.Client) error {
	if a.credential.knows(password) {
		return nil
	}
	right, err := h.deriving.do(sourceOf(client.Net.Conn.RemoteAddr()), func() bool {
		return a.credential.knows(password) || a.credential.check(password)
	})
	if err == nil && !right {
		err = errPassword
	}
	return err
}
