"""Names to addresses, and which of them may be called: a team's base URL must not lead into the operator's network."""

from __future__ import annotations

import ipaddress
import socket

from extraction.errors import ProviderRejected, ProviderUnavailable

# RFC 6052: an IPv4 address in the last 32 bits
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def resolve(host: str, port: int, *, allow_private: bool) -> tuple[str, ...]:
    """Addresses in the resolver's order.

    Raises ProviderRejected where one of them may not be called or the name does not exist, ProviderUnavailable where
    the resolver does not answer.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as exc:
        if exc.errno in NO_SUCH_NAME:
            raise _unknown(host) from exc
        raise ProviderUnavailable(f"{host} cannot be resolved: {exc.strerror}") from exc
    except UnicodeError as exc:
        raise _unknown(host) from exc
    addresses = tuple(dict.fromkeys(str(address[0]) for *_, address in found))
    for address in addresses:
        _check(ipaddress.ip_address(address), host, allow_private)
    return addresses


def _unknown(host: str) -> ProviderRejected:
    return ProviderRejected(f"{host} is no known name", code="address_unknown", host=host)


def _check(address: Address, host: str, allow_private: bool) -> None:
    address = _inner(address)
    if _is_no_host(address):
        raise ProviderRejected(f"{host} is at {address}", code="address_refused", host=host)
    # an operator's own network by an older name (fec0::/10), which Python takes for a global one
    is_site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    if (is_site_local or not address.is_global) and not allow_private:
        raise ProviderRejected(f"{host} is at {address}", code="private_address", host=host)


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_no_host(address: Address) -> bool:
    """Refused even where private addresses are allowed: link-local ones answer with a cloud machine's credentials."""
    return (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or (address.is_reserved and not address.is_loopback)
    )
