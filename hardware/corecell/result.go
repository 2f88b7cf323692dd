package corecell

// resetGateway is the only type of RESET there is.
const resetGateway = 0

// parseResetType reads the request of RESET.
func parseResetType(b []byte) error {
	if err := exactly(b, 1); err != nil {
		return err
	}
	if b[0] != resetGateway {
		return errValue
	}
	return nil
}

func appendResetType(dst []byte) []byte { return append(dst, resetGateway) }

// The answer to WRITE_GPIO and RESET is one byte: 0 done, 1 refused.

func appendResult(dst []byte, done bool) []byte { return append(dst, flag(!done)) }

func parseResult(b []byte) (done bool, err error) {
	if err := exactly(b, 1); err != nil {
		return false, err
	}
	refused, err := parseFlag(b[0])
	return !refused && err == nil, err
}
