"""Rich authorization requests (RFC 9396): types that the operator defines, read strictly, shown readably."""
