"""Files on their way between this machine and a server: several at once, resumed after every cut, verified.

Nothing here is loaded by `import salon.client`, and HTTP only when the first transfer begins.
"""

from salon.client.transfers.access import Access as Access
from salon.client.transfers.access import ByName as ByName
from salon.client.transfers.access import ByTicket as ByTicket
from salon.client.transfers.files import File as File
from salon.client.transfers.jobs import Job as Job
from salon.client.transfers.progress import State as State
from salon.client.transfers.progress import Transfer as Transfer
from salon.client.transfers.transfers import Transfers as Transfers
