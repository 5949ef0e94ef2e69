"""What admins can do in chat that takes the whole house."""

from alertbot.app.service.office.broadcaster import Broadcaster
from alertbot.app.service.office.office import AdminOffice

__all__ = ["AdminOffice", "Broadcaster"]
