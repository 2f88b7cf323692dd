package exec

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// base is what every program finds in its environment; nothing is inherited, because
// the hotspot's own environment is nobody's business.
const base = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// What a network may set.
const (
	maxVariables = 32
	maxVariable  = 64
	maxValue     = 1024
)

// Variables that make a program something else than the owner meant: they load code,
// or say where to find it.
var (
	forbidden = []string{
		"PATH", "IFS", "CDPATH", "ENV", "PS4", "SHELL", "SHELLOPTS", "HOME", "PWD", "TMPDIR", "EDITOR", "VISUAL", "PAGER",
		"LOCPATH", "NLSPATH", "HOSTALIASES", "RESOLV_HOST_CONF", "TERMINFO", "TERMCAP", "TZDIR",
		"CLASSPATH", "CURL_HOME", "WGETRC", "GODEBUG", "GOTRACEBACK",
	}
	forbiddenPrefixes = []string{
		"LD_", "DYLD_", "GLIBC_", "GCONV_", "MALLOC_", "BASH", "PYTHON", "PERL", "RUBY", "LUA_", "NODE_", "NPM_", "JAVA_", "JDK_",
		"GIT_", "SSH_", "OPENSSL_", "SSL_", "LESS", "XDG_", "SYSTEMD_", "DBUS_", "SUDO_",
	}
)

// environment is the base and what a message asks for.
func environment(asked map[string]string) ([]string, error) {
	if len(asked) > maxVariables {
		return nil, fmt.Errorf("%d environment variables: want at most %d", len(asked), maxVariables)
	}
	list := []string{base}
	for _, key := range slices.Sorted(maps.Keys(asked)) {
		if err := checkVariable(key, asked[key]); err != nil {
			return nil, err
		}
		list = append(list, key+"="+asked[key])
	}
	return list, nil
}

func checkVariable(key, value string) error {
	switch {
	case !isVariable(key):
		return fmt.Errorf("environment variable %q: want 1 to %d capitals, digits and _, no digit first", clip(key), maxVariable)
	case slices.Contains(forbidden, key), slices.ContainsFunc(forbiddenPrefixes, func(p string) bool { return strings.HasPrefix(key, p) }):
		return fmt.Errorf("environment variable %s is not for a network to set", key)
	case len(value) > maxValue || hasNUL(value):
		return fmt.Errorf("environment variable %s: want at most %d bytes, none of them zero", key, maxValue)
	}
	return nil
}

// isVariable is [A-Z_][A-Z0-9_]*, bounded.
func isVariable(s string) bool {
	for i, c := range []byte(s) {
		digit := c >= '0' && c <= '9'
		if (c < 'A' || c > 'Z') && c != '_' && (!digit || i == 0) {
			return false
		}
	}
	return s != "" && len(s) <= maxVariable
}
