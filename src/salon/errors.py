"""The catalogue of everything that Salon refuses: code, sentence, advice, whether a retry may help, exit status.

A refusal is a value, not an exception: rules return it, dialects show it. `SalonError` carries one out of the places
where only an exception can leave (a command that ends, a future that fails).
"""

from dataclasses import dataclass, field
from typing import Any, Protocol

STATUS_FAILED = 1  # the command could not do what it was asked
STATUS_USAGE = 2  # the command was asked something it cannot understand, or cannot start there


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of refusal.

    `sentence` and `advice` are format strings; their fields are given when the refusal is made. `retry` says whether
    the same request may succeed later without being changed. `status` is the exit status of a command that ends so.
    """

    code: str
    sentence: str
    advice: str = ""
    retry: bool = False
    status: int = STATUS_FAILED


@dataclass(frozen=True, slots=True)
class Refusal:
    """A problem with the fields of this occurrence."""

    problem: Problem
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.problem.code

    @property
    def message(self) -> str:
        """The sentence and, where there is one, what to do."""
        text = self.problem.sentence.format(**self.fields)
        advice = self.problem.advice.format(**self.fields)
        return f"{text} {advice}" if advice else text

    @property
    def plain_fields(self) -> dict[str, int | float | str]:
        """What fills the sentence, as numbers and texts: for whoever says it in another language."""
        return {name: value if isinstance(value, int | float) else str(value) for name, value in self.fields.items()}


class SalonError(Exception):
    """A refusal on its way through code that can only raise."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


CATALOGUE: dict[str, Problem] = {}


def _problem(
    code: str, sentence: str, advice: str = "", *, retry: bool = False, status: int = STATUS_FAILED
) -> Problem:
    problem = CATALOGUE[code] = Problem(code, sentence, advice, retry, status)
    return problem


def refuse(problem: Problem, **fields: Any) -> Refusal:
    """The refusal of one occurrence of a problem."""
    return Refusal(problem, fields)


class Told(Protocol):
    """A refusal as it comes over a line."""

    @property
    def code(self) -> str:
        """As in the catalogue, if it stands there."""

    @property
    def message(self) -> str:
        """The sentence, whole."""

    @property
    def retry(self) -> bool:
        """Whether the same may succeed later."""


def retold(told: Told) -> Refusal:
    """A refusal in another program's own words, which may know problems that this one does not."""
    known = CATALOGUE.get(told.code)
    status = known.status if known is not None else STATUS_FAILED
    return Refusal(Problem(told.code, "{message}", retry=told.retry, status=status), {"message": told.message})


# names
NAME_TAKEN = _problem("name_taken", 'Name "{name}" is taken.', "Try another.")
BAD_NAME = _problem("bad_name", "This cannot be a person's name: {why}.", "Try another.", status=STATUS_USAGE)
BAD_ROOM = _problem("bad_room", "This cannot be a room's name: {why}.", "Try another.", status=STATUS_USAGE)
BAD_FILE_NAME = _problem("bad_file_name", "This cannot be a file's name: {why}.", status=STATUS_USAGE)

# rooms and what is said in them
UNKNOWN_ROOM = _problem("unknown_room", 'There is no room "{room}".', "Join it first; that makes it.")
NOT_JOINED = _problem("not_joined", 'You are not in the room "{room}".', "Join it first.")
NOT_HERE = _problem("not_here", "{name} is not here.", "Ask again when they are back.", retry=True)
TOO_LONG = _problem("too_long", "This is too long: {length} characters, and at most {limit} are taken.")
EMPTY = _problem("empty", "There is nothing in this message.")
NOT_YOURS = _problem("not_yours", "Only who said this can change it.")
NO_SUCH_MESSAGE = _problem("no_such_message", "There is no message {seq} in this room.")
REDACTED = _problem("redacted", "This message was deleted.")
ID_REUSED = _problem("id_reused", 'The id "{id}" was used before for something else.', "Give each command a new id.")
BAD_ID = _problem("bad_id", "An id has 1 to {limit} characters.")

# files
NO_SUCH_FILE = _problem("no_such_file", "The {name} doesn't exist")
TOO_LARGE = _problem("too_large", "File {name} is too large (limit {limit} bytes)")
PATH_ONLY = _problem(
    "path_only", "Only the name of {name} came.", "Send the file itself; the server opens none of yours."
)
NO_FILES = _problem("no_files", "Files cannot be passed in this way yet.", "Use the web page, or another client.")
NO_RAW_BYTES = _problem(
    "no_raw_bytes", "Files cannot be passed in this way on this connection.", "Use HTTP, or a TCP connection."
)
DOCUMENTS_FULL = _problem(
    "documents_full",
    "The server takes at most {limit} documents of this size at once.",
    "Send the file as raw bytes, or try again later.",
    retry=True,
)
NO_ROOM = _problem("no_room", "There is no room for {name} on the server's disk ({size} bytes).", retry=True)
SIZE_DIFFERS = _problem("size_differs", "More bytes came for {name} than the {size} that were announced.")
CHECKSUM_DIFFERS = _problem(
    "checksum_differs", "The bytes are not those that were sent; they were not kept.", retry=True
)
OFFSET_DIFFERS = _problem("offset_differs", "The upload stands at byte {offset}.", "Go on from there.", retry=True)
BAD_UPLOAD = _problem("bad_upload", "This is not an upload that Salon understands: {why}.")
UNKNOWN_ALGORITHM = _problem("unknown_algorithm", "Checksums are understood in {algorithms}.")
BAD_TICKET = _problem("bad_ticket", "This ticket is not valid any more.", "Connect again for a new one.")
UNKNOWN_UPLOAD = _problem("unknown_upload", "There is no such upload.", "It may be over, or given up after a day.")
TOO_MANY_UPLOADS = _problem("too_many_uploads", "One person sends at most {limit} files at once.", retry=True)
UPLOADS_FULL = _problem("uploads_full", "The server takes at most {limit} files at once.", retry=True)
NOT_YOUR_FILE = _problem("not_your_file", "Only who sent {name} can take it off the shelf.")

# files from person to person
NOT_SHARING = _problem("not_sharing", "{name} shares no files now.", retry=True)
YOURSELF = _problem("yourself", "You are {name} yourself; what you share is here already.")
NOT_SUPPLIED = _problem("not_supplied", "{owner} cannot hand out {name}.")
SUPPLIES_FULL = _problem("supplies_full", "{owner} hands out as many files as they can already.", retry=True)
TOO_MANY_REQUESTS = _problem(
    "too_many_requests", "One person gets at most {limit} files from others at once.", retry=True
)
NO_SUCH_REQUEST = _problem("no_such_request", "There is no such request any more.", retry=True)
RELAYS_FULL = _problem("relays_full", "The server passes at most {limit} files on at once.", retry=True)
NO_ANSWER = _problem("no_answer", "{owner} does not answer.", retry=True)
LOST_OWNER = _problem("lost_owner", "{owner} sends nothing more of {name}.", retry=True)
VISITING = _problem("visiting", "A visitor can only ask people for files.", "Connect without `visit` for more.")
BUSY_LISTENING = _problem(
    "busy_listening", "Port {port} is in use: others get your files through the server only.", retry=True
)

# files over UDP
NO_UDP = _problem("no_udp", "This server sends no files over UDP.")
NO_UDP_HERE = _problem("no_udp_here", "Files over UDP need iroh, and there is no build of it for this system.")
UDP_SILENT = _problem("udp_silent", "Nobody answers over UDP at {server}.", retry=True)
UDP_FULL = _problem("udp_full", "The server sends at most {limit} files over UDP at once.", retry=True)
TOO_MANY_OVER_UDP = _problem("too_many_over_udp", "One person gets at most {limit} files over UDP at once.", retry=True)

# the wire
BAD_DOCUMENT = _problem("bad_document", "This is not a document that Salon understands: {why}.")
UNKNOWN_TYPE = _problem("unknown_type", 'There is no document of type "{type}".')
NOT_CONNECTED = _problem("not_connected", "Say who you are first: send a connect document.")
ALREADY_CONNECTED = _problem("already_connected", "This connection has a name already.")
DOCUMENT_TOO_LARGE = _problem("document_too_large", "A document has at most {limit} bytes.")
TOO_SLOW = _problem("too_slow", "Nothing whole arrived within {seconds} s.", "Connect again.", retry=True)
TOO_MANY_ROOMS = _problem("too_many_rooms", "One connection follows at most {limit} rooms.")
CROWDED = _problem("crowded", "Too many connections wait without a word.", "Connect again.", retry=True)
FOREIGN_PAGE = _problem(
    "foreign_page", "This server answers only under its own address.", "The operator can add names with --names."
)
NOT_SPOKEN = _problem("not_spoken", "{language} is not spoken here.")
LINE_TOO_LONG = _problem("line_too_long", "A line has at most {limit} bytes.")
UNKNOWN_COMMAND = _problem(
    "unknown_command", "There is no command {word}.", "/help tells them all; // says a / as it is."
)
MISUSED_COMMAND = _problem("misused_command", "This command is written {usage}.")

# the operator
SENT_OUT = _problem("sent_out", "The operator sent you out.")
WRONG_KEY = _problem("wrong_key", "The console was asked for with a wrong key.")
CONSOLES_FULL = _problem("consoles_full", "The console is open {limit} times already.", "Close one.", retry=True)

# the server's own troubles
DISK_FULL = _problem("disk_full", "The server's disk is full; nothing was kept.", "Try again later.", retry=True)
STORAGE_FAILED = _problem("storage_failed", "The server could not write this down.", "Try again later.", retry=True)
CLOSING = _problem("closing", "The server is closing.", retry=True)
INTERNAL = _problem("internal", "The server made a mistake; it was noted.", retry=True)

# starting a command
PORT_BUSY = _problem(
    "port_busy",
    "Port {port} on {host} is in use.",
    "End what uses it, or choose another with --port.",
    status=STATUS_USAGE,
)
BAD_ADDRESS = _problem("bad_address", "Cannot listen on {host}: {why}.", status=STATUS_USAGE)
FOLDER_IN_USE = _problem(
    "folder_in_use", "The folder {folder} is in use by process {pid}.", "Choose another with --data."
)
FOLDER_UNUSABLE = _problem("folder_unusable", "The folder {folder} cannot be used: {why}.")
NEWER_DATA = _problem(
    "newer_data", "The folder {folder} was written by a newer Salon (format {found}, this one reads {known})."
)
BAD_SETTING = _problem("bad_setting", "{name}: {why}.", status=STATUS_USAGE)
NO_SERVER = _problem("no_server", "No Salon answers at {server}: {why}.")
BAD_SERVER = _problem("bad_server", "{server} is not HOST:PORT.", status=STATUS_USAGE)
LOST_SERVER = _problem("lost_server", "The connection to {server} was lost.", retry=True)
UNSENT = _problem("unsent", "{count} messages were not acknowledged by {server}.", retry=True)
CLOSED = _problem("closed", "This client has said goodbye already.")
NO_OWN_MESSAGE = _problem("no_own_message", "You have said nothing here that could be changed.")
NO_NAME = _problem("no_name", "There is nobody to take a name from.", "Give one with --name.", status=STATUS_USAGE)

# files on one's own machine
NO_LOCAL_FILE = _problem("no_local_file", "File {name} doesn't exist")
UNREADABLE = _problem("unreadable", "File {name} cannot be read: {why}.")
FILE_CHANGED = _problem(
    "file_changed", "File {name} changed while it was sent; nothing of it was kept.", "Send it again.", retry=True
)
BYTES_DIFFER = _problem(
    "bytes_differ", "What came as {name} is not what its SHA-256 says, twice; it was thrown away.", retry=True
)
NO_TYPE = _problem("no_type", "{saved_as} has no type.", "The file is a .{kind} file: call it {saved_as}.{kind}.")
OTHER_TYPE = _problem(
    "other_type", "{saved_as} would be a .{other} file.", "The file is a .{kind} file: give it a name that ends so."
)
NO_SUCH_TRANSFER = _problem("no_such_transfer", "There is no such transfer on its way.", "/transfers tells them all.")
WHICH_TRANSFER = _problem("which_transfer", "Several are on their way.", "Say the number of one; /transfers tells it.")
NO_SPACE = _problem("no_space", "There is no room for {name} on this machine's disk ({size} bytes).")
UNWRITABLE = _problem("unwritable", "File {name} cannot be saved in {folder}: {why}.")
