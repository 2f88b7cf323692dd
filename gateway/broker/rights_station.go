package broker

import (
	"strings"

	"hexspot/radio"
)

// stationRights are the topics of one station (protocol hexspot/1, "MQTT"):
//
//	publish    [REGION/]gateway/EUI/event/NAME   [REGION/]gateway/EUI/state/conn   [REGION/]gateway/EUI/report/emission
//	           hexspot/STATION/up/beacon|discovery|witness|site   hexspot/STATION/ask|cosign   at QoS 1
//	subscribe  [REGION/]gateway/EUI/command/NAME   hexspot/STATION/ack|heard|proof   hexspot/net/anchor|value|checkpoint|+
//
// where the NAME of a command may be + or #. Only state/conn may be retained. A station that
// has named no EUI has none of the gateway's topics.
type stationRights struct {
	eui     string // empty: none
	station string
	regions map[string]bool
}

func newStationRights(eui radio.EUI, station radio.Station, regions map[string]bool) stationRights {
	return stationRights{eui: eui.String(), station: station.String(), regions: regions}
}

// reporterRights are those of a station that has named no EUI.
func reporterRights(station radio.Station) stationRights {
	return stationRights{station: station.String()}
}

// maxRetained bounds a station's retained state, which stays when it is gone.
// A ConnState has some 20 bytes as protobuf, 60 as JSON.
const maxRetained = 512

// What a station says below hexspot/STATION/, what it hears there, and what all stations
// hear below hexspot/net/.
var (
	stationSays = map[string]bool{
		"up/" + string(radio.KindBeacon): true, "up/" + string(radio.KindDiscovery): true, "up/" + string(radio.KindWitness): true,
		"up/" + string(radio.KindSite): true, "ask": true, "cosign": true,
	}
	stationHears = map[string]bool{"ack": true, "heard": true, "proof": true}
	allHear      = map[string]bool{"anchor": true, "value": true, "checkpoint": true, "+": true}
)

// ownPrefix begins the topics that are not ChirpStack's.
const ownPrefix = "hexspot/"

// isReport says whether a topic that a station may publish to is that of a report.
func isReport(topic string) bool { return strings.HasPrefix(topic, ownPrefix) }

// mayPublish says whether the station may publish to a topic.
func (r stationRights) mayPublish(topic string, retained bool, size int) bool {
	if rest, ok := strings.CutPrefix(topic, ownPrefix); ok {
		name, ok := strings.CutPrefix(rest, r.station+"/")
		return ok && stationSays[name] && !retained
	}
	rest, ok := r.cutGateway(topic)
	switch {
	case !ok:
		return false
	case rest == "state/conn":
		return !retained || size <= maxRetained
	case rest == "report/emission":
		return !retained
	}
	name, ok := strings.CutPrefix(rest, "event/")
	return ok && isName(name) && !retained
}

// maySubscribe says whether the station may subscribe to a filter; a topic is the
// filter of itself.
func (r stationRights) maySubscribe(filter string) bool {
	if rest, ok := strings.CutPrefix(filter, ownPrefix); ok {
		if name, ok := strings.CutPrefix(rest, "net/"); ok {
			return allHear[name]
		}
		name, ok := strings.CutPrefix(rest, r.station+"/")
		return ok && stationHears[name]
	}
	rest, ok := r.cutGateway(filter)
	if !ok {
		return false
	}
	name, ok := strings.CutPrefix(rest, "command/")
	return ok && (name == "+" || name == "#" || isName(name))
}

// cutGateway takes [REGION/]gateway/EUI/ off a topic if it is the station's.
func (r stationRights) cutGateway(topic string) (rest string, ok bool) {
	if r.eui == "" {
		return "", false
	}
	if first, below, _ := strings.Cut(topic, "/"); r.regions[first] {
		topic = below
	}
	if rest, ok = strings.CutPrefix(topic, "gateway/"); !ok {
		return "", false
	}
	if rest, ok = strings.CutPrefix(rest, r.eui); !ok {
		return "", false
	}
	return strings.CutPrefix(rest, "/")
}
