"""Every bound that Salon keeps, with its reason. Bytes unless the name says otherwise."""

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

# what people may say
NAME_CHARS = 64  # a person's name; fits a column of a table
NAME_BYTES = 255  # a file's or room's name: what every file system takes
TEXT_CHARS = 1_000_000  # a message; a short book
TOPIC_CHARS = 1_000
ID_CHARS = 128  # a client's id for a command; a UUID has 36
SECRET_CHARS = 32  # 128 random bits as hex digits

# what comes in
DOCUMENT_BYTES = 8 * MIB  # 1,000,000 characters of 4 bytes, escaped, with room to spare
LINE_BYTES = 4 * TEXT_CHARS + KIB  # a line of plain text: a message of the widest characters, and a command before it
FILE_DOCUMENT_BYTES = 16 * MIB  # a document that holds a file; what is larger is sent as raw bytes, or over HTTP
FILE_DOCUMENTS = 2  # of more than DOCUMENT_BYTES, at once in the server
STALLED_SECONDS = 10  # so long one of these may stand still before its place is given to another
FIRST_DOCUMENT_BYTES = 1 * MIB  # of a client that has no name yet
DOCUMENT_DEPTH = 32  # the vocabulary nests 3 deep; a parser's stack must not be the limit
DOCUMENT_TOKENS = 65_536  # brackets and strings in one document: bounds the time its scan may take
UNSETTLED_COMMANDS = 1_000  # of one session: accepted, but not committed yet
UNSETTLED_BYTES = 1 * MIB
REPLY_BYTES = 256 * KIB  # answers that a session has not taken yet
SESSION_ROOMS = 1_000  # rooms that one session follows

OPENINGS = 1_000  # tickets for UDP that nobody has shown yet
OPENING_SECONDS = 30  # so long one of these is good
OPENING_STREAMS = 16  # fetches at once on one connection
HALTED = 1_000  # downloads that stand still, which the operator sees
HALTED_SECONDS = 3600  # so long
FETCH_LINE_BYTES = 16 * KIB  # what asks for a file, or answers, before its bytes: names in full, escaped

UPLOADS_PER_PERSON = 16  # on their way at once
UPLOADS = 1_000  # of all people together: each is an open file
REQUESTS_PER_PERSON = 16  # files that one person is getting from others at once
RELAYS = 64  # streams from person to person through the server at once; each holds up to twice HIGH_WATER
MEETING_SECONDS = 15  # so long one end of a relay waits for the other
RELAY_IDLE_SECONDS = 60  # a relay on which nothing moves is cut
SHARED_ADDRESSES = 8  # of one owner's that are told to whoever asks
UDP_FROM_BYTES = 8 * MIB  # a smaller file of a person's is there before QUIC would be
SUPPLIES = 64  # files that one client hands out to others at once
SUPPLIES_PER_PERSON = 16  # of these to one person
ORPHAN_SECONDS = 3600  # bytes that nothing names are swept once they are so old
UPLOAD_EXPIRY_SECONDS = 24 * 3600  # an upload that was silent for so long is given up

# what goes out
CHUNK_BYTES = 256 * KIB  # one write of a follower, unless one entry alone is larger
HIGH_WATER = 256 * KIB  # a transport that buffers more parks its followers
RING_BYTES = 4 * MIB  # newest entries of one room in memory, encoded and not
RING_ITEMS = 1_024
RINGS_BYTES = 64 * MIB  # of all rooms together
PAGE_ENTRIES = 256  # one read from a store
HISTORY_ENTRIES = 200  # one answer to `history`
BATCH_COMMANDS = 4_096  # commands decided and committed together; the rest is the next batch

# towards clients that take one read for one document
READ_BYTES = 1_024  # what they read at once; a document has fewer
READ_SECONDS = 0.05  # between two documents, so that they do not arrive as one
TEXT_PARTS = 20  # documents that one message may become; what is longer is cut
PACED_BEHIND = 200  # entries; who is further behind goes on with the newest
PACED_NEWEST = 20  # so many
PACED_PAGE = 8  # entries read from a store at once

# what the operator is shown
HAPPENINGS = 4_000  # the newest; a screen shows fewer
HAPPENINGS_BYTES = 2 * MIB  # of these, with the entries that they are made of
HAPPENINGS_UNWATCHED = 50  # of one batch, while nobody looks: for whoever begins to
HAPPENING_CHARS = 2_000  # of what was said; the room has it whole
OVERVIEW_ROWS = 200  # of a table; more are a number
OVERVIEW_STEP = 250  # rows that are made in one turn of the loop: a millisecond or less
ANNOUNCEMENT_CHARS = 2_000  # that the operator says to everybody at once
CONSOLES = 16  # open at once

# time
FIRST_WORDS_SECONDS = 30  # from a connection's first byte to its name or first whole request
SILENCE_SECONDS = 600  # a connection that has said nothing: lab clients connect before they ask their user's name
SILENT_CONNECTIONS = 1_000  # of these; the longest silent is closed first
GOODBYE_SECONDS = 1  # for connections to take the last words of a server that closes
GRACE_SECONDS = 5  # between a broken line and `has left`, for whoever comes back
IDEMPOTENCY_SECONDS = 7 * 24 * 3600  # an id outlives its entry at least so long
