package journal

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
)

// parseBucket takes a bucket's URL if this program can open such a one. Errors do not quote what may be
// secret.
func parseBucket(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme == "":
		return nil, errors.New("want a URL such as \"file:///var/lib/hexnet/files\"")
	case u.Scheme == fileblob.Scheme:
		return u, checkDirectory(u)
	case !blob.DefaultURLMux().ValidBucketScheme(u.Scheme):
		return nil, fmt.Errorf("this program opens no %s://: build it with the tag of that scheme (go build -tags s3), or name a directory, file:///PATH", u.Scheme)
	}
	return u, nil
}

// checkDirectory refuses what would be another directory than the one that was meant: what follows file:// up
// to the next slash is a host.
func checkDirectory(u *url.URL) error {
	switch {
	case u.Host != "" && u.Host != "localhost" || u.User != nil:
		return fmt.Errorf("%q is the name of a host there, not a directory: write three slashes before an absolute path, file:///PATH", u.Host)
	case u.Opaque != "" || !filepath.IsAbs(u.Path):
		return errors.New("a directory is an absolute path after three slashes: file:///PATH")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return errors.New("nothing may follow the directory's path; in a name, ? is %3F and # is %23")
	}
	return nil
}
