// Package web is HTTP for programs that answer strangers: a server with bounds on
// connections, times and sizes, a pace for each address, and answers that name what is
// wrong. It knows nothing of what is served, sets no cookies and asks for no login.
package web
