import { Alert, Button, Container, Flex } from '@backstage/ui';

/** Sign-in was refused: why, and the way back. */
export const SignInFailed = (props: {
  user: string;
  error?: Error;
  onBack: () => void;
}) => (
  <Container>
    <Flex direction="column" gap="4" mt="9" align="start">
      <Alert
        status="danger"
        title={`Could not sign in as ${props.user}`}
        description={props.error?.message ?? 'The portal gave no reason.'}
      />
      <Button variant="secondary" onPress={props.onBack}>
        Choose somebody else
      </Button>
    </Flex>
  </Container>
);
