"""Authorities that issue licences for trying: real certificates, marked, and good in a sandbox alone."""
