//go:build s3

package journal

import _ "gocloud.dev/blob/s3blob" // s3:// costs 9 MB of AWS SDK: only with this tag
