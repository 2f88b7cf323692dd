// Package wire is protocol hexspot/1 as generated protobuf code, from
// hexspot-1.proto: for programs that take part with the usual libraries, and for
// the test that holds package witness against it.
//
// It is lenient where the protocol is strict: what a network accepts must be
// canonical, which only package witness checks. Nothing of the product sends or reads
// records with it.
package wire

// The version of protoc is left out of the result, so that any gives the same.
//go:generate sh -c "protoc --plugin=protoc-gen-go=$(go tool -n protoc-gen-go) --go_out=. --go_opt=paths=source_relative,Mhexspot-1.proto=hexspot/witness/wire hexspot-1.proto"
//go:generate sed -i "/^\\/\\/ \\tprotoc  /d" hexspot-1.pb.go
