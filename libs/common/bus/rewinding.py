"""Sets a consumer group back to the beginning of what its topics keep."""

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, UnknownMemberIdError

from libs.common.bus.lag import Places, asking
from libs.common.cluster import options


class InUse(RuntimeError):
    """The group has members: they would go on where they are."""


async def behind(url: str, group: str) -> Places:
    """Every partition that the group has committed, as if it had committed nothing."""
    async with asking(url, "intnet") as groups:
        return await groups.from_the_beginning(group)


async def rewind(url: str, group: str) -> int:
    """Does it, and says how many records come again. Raises InUse, and what aiokafka raises."""
    places = await behind(url, group)
    if not places:
        return 0
    consumer = AIOKafkaConsumer(
        **options(url), client_id="intnet", group_id=group, enable_auto_commit=False
    )
    await consumer.start()
    try:
        firsts = {TopicPartition(*at): place.committed for at, place in places.items()}
        consumer.assign(list(firsts))
        consumer.pause(*firsts)
        await consumer.commit(firsts)
    except (CommitFailedError, UnknownMemberIdError):
        raise InUse(f"{group} has members") from None
    finally:
        await consumer.stop()
    return sum(place.lag for place in places.values())
