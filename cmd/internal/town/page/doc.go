// Package page shows a town in a browser: one page, its data as JSON, and the same
// as server-sent events. It is made for the machine it runs on: it only reads, it
// answers to addresses and localhost, never to another name, and it asks for no
// login.
package page
