package hostile

import (
	"slices"

	"hexspot/witness"
)

// thrownOut is how it ends, too, for who acknowledges nothing, as attackers do not. Who comes
// back at once may be told to wait for its last connection to end.
var thrownOut = []End{Disconnected, NotLetIn, notReadAnymore, LoginRefused}

// attacks are the kinds. Those that are thrown out come back at once, so the network may
// keep their address waiting at the door.
var attacks = []attack{
	{"reports that are no records", reports(fewOf(noRecord)), []End{RefusedAs(witness.RefusedEncoding), RefusedAs(witness.RefusedRate)}, thrownOut},
	{"reports that are too large", reports(fewOf(tooLarge)), []End{RefusedAs(witness.RefusedSize)}, slices.Concat(thrownOut, []End{RefusedAs(witness.RefusedRate)})},
	{"forged reports", reports(fewOf(forged)), []End{RefusedAs(witness.RefusedSignature), RefusedAs(witness.RefusedRate)}, thrownOut},
	{"reports of others, again", reports(fewOf(ofOthers)), []End{RefusedAs(witness.RefusedStation), RefusedAs(witness.RefusedRate)}, thrownOut},
	{"its own report, again", reports(fewOf(theSame)), []End{Received, RefusedAs(witness.RefusedRate)}, thrownOut},
	{"reports of the future", reports(fewOf(ofTheFuture)), []End{RefusedAs(witness.RefusedFuture), RefusedAs(witness.RefusedRate)}, thrownOut},
	{"reports of long ago", reports(fewOf(ofLongAgo)), []End{RefusedAs(witness.RefusedPast), RefusedAs(witness.RefusedRate)}, thrownOut},
	{"reports out of range", reports(fewOf(outOfRange)), []End{RefusedAs(witness.RefusedRange), RefusedAs(witness.RefusedRate)}, thrownOut},
	{"reports of another kind", reports(fewOf(ofAnotherKind)), []End{RefusedAs(witness.RefusedTopic), RefusedAs(witness.RefusedRate)}, thrownOut},
	{"good reports, too many", reports(tooMany), []End{Received}, slices.Concat(thrownOut, []End{RefusedAs(witness.RefusedRate)})},
	{"answers not read", deaf, nil, []End{Disconnected, notReadAnymore, NotLetIn}},
	{"uplinks as fast as it can", uplinks, []End{Acknowledged}, []End{Disconnected, NotLetIn, LoginRefused}},
	{"topics of others", once(foreignTopics), []End{Disconnected}, []End{NotLetIn}},
	{"subscriptions to others", subscriptions, []End{FilterRefused, Disconnected}, []End{NotLetIn}},
	{"packets that are too large", once(largePackets), []End{Disconnected}, []End{NotLetIn}},
	{"packets that are none", once(noPackets), []End{Disconnected}, []End{NotLetIn}},
	{"logins of others", logins, []End{LoginRefused, EachTried}, []End{NotLetIn}},
	{"stations that are new", newStations, []End{LoginRefused}, []End{NotLetIn}},
	{"connections that say nothing", slow, []End{TimedOut}, []End{NotLetIn}},
	{"connections, many", connections, []End{NotLetIn}, []End{TimedOut}},
}
